/* SPDX-License-Identifier: Apache-2.0 */
/* vocabulary.c: merge, tag, mask, sort. */
#include "engine/index/vocabulary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/index/keyer.h"
#include "engine/model/name.h"

#include "engine/base/ban.h"

#define NAMES_A_TASK 4096

struct ref { /* one lane's term; prefix: its first 8 bytes, which settle most comparisons */
    uint64_t prefix;
    const struct text *text;
    uint32_t lane, number;
};

static uint64_t
prefix_of(struct text text)
{
    uint8_t bytes[8] = {0};
    uint64_t word;

    if (text.len > 0)
        memcpy(bytes, text.at, text.len < 8 ? text.len : 8);
    memcpy(&word, bytes, sizeof word);
    return __builtin_bswap64(word);
}

static int
ref_order(const void *a, const void *b)
{
    const struct ref *x = a, *y = b;

    if (x->prefix != y->prefix)
        return x->prefix < y->prefix ? -1 : 1;
    return text_cmp(*x->text, *y->text);
}

void
vocabulary_init(struct vocabulary_set *set)
{
    memset(set, 0, sizeof *set);
    arena_init(&set->arena, "masked forms", 0, true);
}

void
vocabulary_release(struct vocabulary_set *set)
{
    for (size_t f = 0; f < FIELDS_MAX; f++) {
        struct vocabulary *v = &set->fields[f];
        for (uint32_t lane = 0; v->maps != NULL && lane < set->lane_count; lane++)
            mem_free(v->maps[lane]);
        mem_free(v->maps);
        mem_free(v->items);
        mem_free(v->entries);
    }
    arena_release(&set->arena);
    memset(set, 0, sizeof *set);
}

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left for a dictionary");
}

static hedui_status
maps_open(struct vocabulary *v, const struct builder *builder, uint32_t field, struct err *err)
{
    v->maps = mem_resize(NULL, builder->lane_count, sizeof *v->maps);
    if (v->maps == NULL)
        return no_memory(err);
    memset(v->maps, 0, builder->lane_count * sizeof *v->maps);
    for (uint32_t lane = 0; lane < builder->lane_count; lane++) {
        v->maps[lane] = mem_resize(NULL, builder->lanes[lane].terms[field].count, sizeof **v->maps);
        if (v->maps[lane] == NULL)
            return no_memory(err);
    }
    return HEDUI_OK;
}

/* Sorted and without repeats; maps lead to the place in items. */
static hedui_status
field_merge(struct vocabulary *v, const struct builder *builder, uint32_t field, struct err *err)
{
    struct ref *refs = NULL;
    size_t total = 0, n = 0;
    hedui_status rc = HEDUI_OK;

    FAIL(maps_open(v, builder, field, err));
    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        total += builder->lanes[lane].terms[field].count;
    refs = mem_resize(NULL, total, sizeof *refs);
    v->items = mem_resize(NULL, total, sizeof *v->items);
    if (refs == NULL || v->items == NULL)
        FAIL(no_memory(err));
    for (uint32_t lane = 0; lane < builder->lane_count; lane++) {
        const struct terms *terms = &builder->lanes[lane].terms[field];
        for (uint32_t i = 0; i < terms->count; i++)
            refs[n++] = (struct ref){prefix_of(terms->items[i]), &terms->items[i], lane, i};
    }
    if (n > 0)
        qsort(refs, n, sizeof *refs, ref_order);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || ref_order(&refs[i - 1], &refs[i]) != 0)
            v->items[v->count++] = *refs[i].text;
        v->maps[refs[i].lane][refs[i].number] = v->count - 1;
    }
done:
    mem_free(refs);
    return rc;
}

struct tagging { /* the names of one field on their way to entries */
    const struct builder *builder;
    struct vocabulary *v;
    struct name_tag *tags;
    struct text *forms;
    struct buf *bufs; /* masked forms, packed; one a task */
};

static hedui_status
names_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    struct tagging *t = context;
    size_t from = task * NAMES_A_TASK;
    size_t n = t->v->count - from < NAMES_A_TASK ? t->v->count - from : NAMES_A_TASK;
    struct buf *buf = &t->bufs[task];

    keyer_names(t->builder->lanes[lane].keyer, t->v->items + from, t->tags + from, n);
    for (size_t i = from; i < from + n; i++) {
        char *to = buf_room(buf, NAME_MAX);
        TRY(buf_check(buf, err));
        t->forms[i].len = name_mask(t->v->items[i], to);
        buf->len += t->forms[i].len;
    }
    for (size_t i = from, at = 0; i < from + n; at += t->forms[i++].len)
        t->forms[i].at = buf->at + at; /* only now: the buffer moved while it grew */
    return HEDUI_OK;
}

struct named { /* an entry and which distinct name it is of */
    struct name_entry entry;
    uint32_t name;
};

static int
named_order(const void *a, const void *b)
{
    const struct name_entry *x = &((const struct named *)a)->entry;
    const struct name_entry *y = &((const struct named *)b)->entry;

    if (x->tag != y->tag)
        return x->tag < y->tag ? -1 : 1;
    if (x->check != y->check)
        return x->check < y->check ? -1 : 1;
    return x->mask < y->mask ? -1 : x->mask > y->mask;
}

struct form {
    struct text text;
    uint32_t name;
};

static int
form_order(const void *a, const void *b)
{
    return text_cmp(((const struct form *)a)->text, ((const struct form *)b)->text);
}

/* Masked forms sorted into v->items (copied to the set's arena); named[i].entry.mask set. */
static hedui_status
forms_number(struct vocabulary *v, struct arena *arena, const struct text *forms,
             struct named *named, struct err *err)
{
    struct form *sorted = mem_resize(NULL, v->count, sizeof *sorted);
    uint32_t names = v->count, count = 0;

    if (sorted == NULL)
        return no_memory(err);
    for (uint32_t i = 0; i < names; i++)
        sorted[i] = (struct form){forms[i], i};
    if (names > 0)
        qsort(sorted, names, sizeof *sorted, form_order);
    for (uint32_t i = 0; i < names; i++) {
        if (i == 0 || form_order(&sorted[i - 1], &sorted[i]) != 0) {
            struct text copy = arena_text(arena, sorted[i].text);
            if (copy.at == NULL) {
                mem_free(sorted);
                return no_memory(err);
            }
            v->items[count++] = copy;
        }
        named[sorted[i].name].entry.mask = count - 1;
    }
    v->count = count;
    mem_free(sorted);
    return HEDUI_OK;
}

/* Entries in order; the maps, which led to distinct names, now lead to entries. */
static hedui_status
entries_number(struct vocabulary *v, const struct builder *builder, uint32_t field,
               struct named *named, uint32_t names, struct err *err)
{
    uint32_t *entry_of = mem_resize(NULL, names, sizeof *entry_of);

    v->entries = mem_resize(NULL, names, sizeof *v->entries);
    if (entry_of == NULL || v->entries == NULL) {
        mem_free(entry_of);
        return no_memory(err);
    }
    if (names > 0)
        qsort(named, names, sizeof *named, named_order);
    for (uint32_t i = 0; i < names; i++) {
        if (i == 0 || named_order(&named[i - 1], &named[i]) != 0)
            v->entries[v->entry_count++] = named[i].entry;
        entry_of[named[i].name] = v->entry_count - 1;
    }
    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        for (uint32_t i = 0; i < builder->lanes[lane].terms[field].count; i++)
            v->maps[lane][i] = entry_of[v->maps[lane][i]];
    mem_free(entry_of);
    return HEDUI_OK;
}

static hedui_status
field_tag(struct vocabulary_set *set, const struct builder *builder, uint32_t field,
          struct pool *pool, struct err *err)
{
    struct vocabulary *v = &set->fields[field];
    struct tagging t = {.builder = builder, .v = v};
    uint32_t names = v->count;
    size_t tasks = (names + NAMES_A_TASK - 1) / NAMES_A_TASK;
    struct named *named = mem_resize(NULL, names, sizeof *named);
    hedui_status rc = HEDUI_OK;

    t.tags = mem_resize(NULL, names, sizeof *t.tags);
    t.forms = mem_resize(NULL, names, sizeof *t.forms);
    t.bufs = mem_resize(NULL, tasks, sizeof *t.bufs);
    for (size_t i = 0; t.bufs != NULL && i < tasks; i++)
        buf_init(&t.bufs[i], true);
    if (named == NULL || t.tags == NULL || t.forms == NULL || t.bufs == NULL)
        FAIL(no_memory(err));
    FAIL(pool_run(pool, tasks, names_task, &t, err));
    for (uint32_t i = 0; i < names; i++)
        named[i] = (struct named){{t.tags[i].tag, t.tags[i].check, 0}, i};
    FAIL(forms_number(v, &set->arena, t.forms, named, err));
    FAIL(entries_number(v, builder, field, named, names, err));
done:
    for (size_t i = 0; t.bufs != NULL && i < tasks; i++)
        buf_release(&t.bufs[i]);
    mem_free(t.bufs);
    mem_free(t.forms);
    mem_free(t.tags);
    mem_free(named);
    return rc;
}

struct merging {
    struct vocabulary_set *set;
    const struct builder *builder;
    uint32_t fields[FIELDS_MAX]; /* numbers of those with terms */
};

static hedui_status
merge_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct merging *merging = context;
    uint32_t field = merging->fields[task];

    (void)lane;
    return field_merge(&merging->set->fields[field], merging->builder, field, err);
}

hedui_status
vocabulary_build(struct vocabulary_set *set, const struct builder *builder, struct pool *pool,
                 struct err *err)
{
    struct merging merging = {.set = set, .builder = builder};
    size_t count = 0;

    set->lane_count = builder->lane_count;
    assert(pool_lanes(pool) <= builder->lane_count);
    for (uint32_t s = 0; s < builder->plan.stream_count; s++) {
        const struct stream *stream = &builder->plan.streams[s];
        struct vocabulary *v = &set->fields[stream->field];
        if (stream->what != STREAM_TEXT && stream->what != STREAM_NAME &&
            stream->what != STREAM_TAIL)
            continue;
        v->is_used = true;
        v->is_names = stream->what == STREAM_NAME;
        merging.fields[count++] = stream->field;
    }
    TRY(pool_run(pool, count, merge_task, &merging, err));
    for (uint32_t f = 0; f < builder->plan.kind->field_count; f++)
        if (set->fields[f].is_names)
            TRY(field_tag(set, builder, f, pool, err));
    return HEDUI_OK;
}
