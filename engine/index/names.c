/* SPDX-License-Identifier: Apache-2.0 */
/* names.c: the distinct names of all lanes to entries: tag, check, masked form. Entries are ordered
 * by the tag, so names themselves are never compared; masked forms are few, and theirs are. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/index/keyer.h"
#include "engine/index/vocabulary.h"
#include "engine/model/name.h"

#include "engine/base/ban.h"

#define NAMES_A_TASK 4096
#define PASS_BITS 11
#define PASSES 2 /* of the tag's first bits: what they leave is nearly in order */

struct named { /* an entry on its way, and whose it is */
    struct name_entry entry;
    uint32_t name;
};

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left for a dictionary");
}

static hedui_status
names_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct entering *n = context;
    size_t from = task * NAMES_A_TASK;
    size_t count = n->count - from < NAMES_A_TASK ? n->count - from : NAMES_A_TASK;
    struct text *forms = n->forms + from;
    struct buf *buf = &n->bufs[task];

    keyer_names(n->builder->lanes[lane].keyer, n->names + from, n->tags + from, count);
    for (size_t i = 0; i < count; i++) {
        char *to = buf_room(buf, NAME_MAX);
        TRY(buf_check(buf, err));
        forms[i].len = name_mask(n->names[from + i], to);
        buf->len += forms[i].len;
    }
    for (size_t i = 0, at = 0; i < count; at += forms[i++].len)
        forms[i].at = buf->at + at; /* only now: the buffer moved while it grew */
    return HEDUI_OK;
}

struct form {
    struct text text;
    uint32_t number;
};

static int
form_order(const void *a, const void *b)
{
    return text_cmp(((const struct form *)a)->text, ((const struct form *)b)->text);
}

/* The distinct masked forms, sorted, to v->items; rank[number in `seen`] is the place there. */
static hedui_status
forms_rank(struct vocabulary *v, struct arena *arena, const struct terms *seen, uint32_t *rank,
           struct err *err)
{
    struct form *sorted = mem_resize(NULL, seen->count, sizeof *sorted);
    hedui_status rc = HEDUI_OK;

    v->items = mem_resize(NULL, seen->count, sizeof *v->items);
    if (sorted == NULL || v->items == NULL)
        FAIL(no_memory(err));
    for (uint32_t i = 0; i < seen->count; i++)
        sorted[i] = (struct form){seen->items[i], i};
    if (seen->count > 0)
        qsort(sorted, seen->count, sizeof *sorted, form_order);
    for (uint32_t i = 0; i < seen->count; i++) {
        v->items[i] = arena_text(arena, sorted[i].text);
        if (v->items[i].at == NULL)
            FAIL(no_memory(err));
        rank[sorted[i].number] = i;
    }
    v->count = seen->count;
done:
    mem_free(sorted);
    return rc;
}

static bool
is_before(const struct name_entry *x, const struct name_entry *y)
{
    if (x->tag != y->tag)
        return x->tag < y->tag;
    return x->check != y->check ? x->check < y->check : x->mask < y->mask;
}

/* By tag, check, masked form. */
static void
named_sort(struct named *named, struct named *spare, size_t n)
{
    for (uint32_t pass = 0; pass < PASSES; pass++) {
        uint32_t shift = 64 - (PASSES - pass) * PASS_BITS, mask = (1u << PASS_BITS) - 1;
        const struct named *from = pass % 2 == 0 ? named : spare;
        struct named *to = pass % 2 == 0 ? spare : named;
        size_t starts[1 << PASS_BITS] = {0}, at = 0;
        for (size_t i = 0; i < n; i++)
            starts[from[i].entry.tag >> shift & mask]++;
        for (size_t i = 0; i < 1 << PASS_BITS; i++) {
            size_t count = starts[i];
            starts[i] = at;
            at += count;
        }
        for (size_t i = 0; i < n; i++)
            to[starts[from[i].entry.tag >> shift & mask]++] = from[i];
    }
    _Static_assert(PASSES % 2 == 0, "the last pass ends in `named`");
    for (size_t i = 1; i < n; i++) {
        struct named one = named[i];
        size_t at = i;
        for (; at > 0 && is_before(&one.entry, &named[at - 1].entry); at--)
            named[at] = named[at - 1];
        named[at] = one;
    }
}

/* v->entries in order and without repeats; the maps lead to them. */
static hedui_status
entries_number(struct vocabulary *v, const struct builder *builder, uint32_t field,
               const struct named *named, const struct text *texts, size_t names, struct err *err)
{
    uint32_t *entry_of = mem_resize(NULL, names, sizeof *entry_of);

    v->entries = mem_resize(NULL, names, sizeof *v->entries);
    v->originals = mem_resize(NULL, names, sizeof *v->originals);
    if (entry_of == NULL || v->entries == NULL || v->originals == NULL) {
        mem_free(entry_of);
        return no_memory(err);
    }
    for (size_t i = 0; i < names; i++) {
        struct text name = texts[named[i].name], *original;
        bool is_new = i == 0 || is_before(&named[i - 1].entry, &named[i].entry);
        if (is_new)
            v->entries[v->entry_count++] = named[i].entry;
        entry_of[named[i].name] = v->entry_count - 1;
        original = &v->originals[v->entry_count - 1];
        /* names that differ behind NAME_MAX only are one entry: the least stands for it */
        if (is_new || text_cmp(name, *original) < 0)
            *original = name;
    }
    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        for (uint32_t i = 0; i < builder->lanes[lane].terms[field].count; i++)
            v->maps[lane][i] = entry_of[v->maps[lane][i]];
    mem_free(entry_of);
    return HEDUI_OK;
}

/* Each masked form's number among the distinct ones. */
static hedui_status
forms_number(struct entering *n, struct err *err)
{
    uint8_t states[NAMES_A_TASK] = {0};

    for (size_t from = 0; from < n->count; from += NAMES_A_TASK) {
        size_t now = n->count - from < NAMES_A_TASK ? n->count - from : NAMES_A_TASK;
        if (!terms_add(&n->seen, n->forms + from, states, now, n->numbers + from))
            return no_memory(err);
    }
    return HEDUI_OK;
}

hedui_status
entering_number(struct entering *n, struct vocabulary_set *set, struct err *err)
{
    struct vocabulary *v = &set->fields[n->field];
    struct named *named = mem_resize(NULL, n->count, sizeof *named);
    struct named *spare = mem_resize(NULL, n->count, sizeof *spare);
    uint32_t *rank = NULL;
    hedui_status rc = HEDUI_OK;

    if (named == NULL || spare == NULL)
        FAIL(no_memory(err));
    FAIL(forms_number(n, err));
    rank = mem_resize(NULL, n->seen.count, sizeof *rank);
    if (rank == NULL)
        FAIL(no_memory(err));
    FAIL(forms_rank(v, &set->arena, &n->seen, rank, err));
    for (size_t i = 0; i < n->count; i++)
        named[i] = (struct named){
            {n->tags[i].tag, n->tags[i].check, rank[n->numbers[i]]},
            (uint32_t)i
        };
    named_sort(named, spare, n->count);
    FAIL(entries_number(v, n->builder, n->field, named, n->names, n->count, err));
done:
    mem_free(spare);
    mem_free(named);
    mem_free(rank);
    return rc;
}

/* Lanes see much the same names: all go to the first lane's, and each is tagged once. The maps lead
 * to its numbers. */
static hedui_status
lanes_join(struct vocabulary *v, uint32_t field, const struct builder *builder, struct err *err)
{
    struct terms *all = &builder->lanes[0].terms[field];
    uint8_t states[NAMES_A_TASK] = {0};
    uint64_t numbers[NAMES_A_TASK];
    uint32_t *first;

    TRY(vocabulary_maps_open(v, builder, field, err));
    for (uint32_t lane = 1; lane < builder->lane_count; lane++) {
        struct terms *terms = &builder->lanes[lane].terms[field];
        terms_seal(terms);
        for (size_t from = 0; from < terms->count; from += NAMES_A_TASK) {
            size_t now = terms->count - from < NAMES_A_TASK ? terms->count - from : NAMES_A_TASK;
            if (!terms_add(all, terms->items + from, states, now, numbers))
                return no_memory(err);
            for (size_t i = 0; i < now; i++)
                v->maps[lane][from + i] = (uint32_t)numbers[i];
        }
    }
    terms_seal(all);
    first = mem_resize(v->maps[0], all->count, sizeof *first); /* the first lane has more by now */
    if (first == NULL)
        return no_memory(err);
    v->maps[0] = first;
    for (uint32_t i = 0; i < all->count; i++)
        first[i] = i;
    return HEDUI_OK;
}

void
entering_init(struct entering *n, uint32_t field, const struct builder *builder)
{
    *n = (struct entering){.builder = builder, .field = field};
    terms_init(&n->seen, builder->lanes[0].terms[field].seed);
}

void
entering_release(struct entering *n)
{
    for (size_t i = 0; n->bufs != NULL && i < n->task_count; i++)
        buf_release(&n->bufs[i]);
    mem_free(n->bufs);
    terms_release(&n->seen);
    mem_free(n->numbers);
    mem_free(n->forms);
    mem_free(n->tags);
}

hedui_status
entering_join(struct entering *n, struct vocabulary_set *set, struct err *err)
{
    const struct terms *all = &n->builder->lanes[0].terms[n->field];

    TRY(lanes_join(&set->fields[n->field], n->field, n->builder, err));
    n->names = all->items;
    n->count = all->count;
    return HEDUI_OK;
}

hedui_status
entering_tag(struct entering *n, struct pool *pool, struct err *err)
{
    size_t tasks = (n->count + NAMES_A_TASK - 1) / NAMES_A_TASK;

    n->tags = mem_resize(NULL, n->count, sizeof *n->tags);
    n->forms = mem_resize(NULL, n->count, sizeof *n->forms);
    n->numbers = mem_resize(NULL, n->count, sizeof *n->numbers);
    n->bufs = mem_resize(NULL, tasks, sizeof *n->bufs);
    if (n->tags == NULL || n->forms == NULL || n->numbers == NULL || n->bufs == NULL)
        return no_memory(err);
    for (; n->task_count < tasks; n->task_count++) /* those that releasing may touch */
        buf_init(&n->bufs[n->task_count], true);
    return pool_run(pool, n->task_count, names_task, n, err);
}
