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

struct ref { /* one lane's term; its first 16 bytes settle most comparisons without a look at it */
    uint64_t first, second; /* big-endian, filled with zeros */
    uint32_t number, len;
};

static uint64_t
eight_bytes(struct text text, size_t from)
{
    uint8_t bytes[8] = {0};
    uint64_t word;

    if (text.len > from)
        memcpy(bytes, text.at + from, text.len - from < 8 ? text.len - from : 8);
    memcpy(&word, bytes, sizeof word);
    return __builtin_bswap64(word);
}

/* As text_cmp() of the two. */
static int
refs_order(const struct ref *x, const struct terms *x_terms, const struct ref *y,
           const struct terms *y_terms)
{
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->second != y->second)
        return x->second < y->second ? -1 : 1;
    if (x->len <= 16 && y->len <= 16)
        return x->len < y->len ? -1 : x->len > y->len;
    return text_cmp(x_terms->items[x->number], y_terms->items[y->number]);
}

static int
ref_order(const void *a, const void *b, void *terms)
{
    return refs_order(a, terms, b, terms);
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

/* One lane's terms of one field, sorted. */
static hedui_status
lane_sort(struct ref **out, struct terms *terms, struct err *err)
{
    struct ref *refs = mem_resize(NULL, terms->count, sizeof *refs);

    if (refs == NULL)
        return no_memory(err);
    for (uint32_t i = 0; i < terms->count; i++) {
        struct text text = terms->items[i];
        refs[i] = (struct ref){eight_bytes(text, 0), eight_bytes(text, 8), i, (uint32_t)text.len};
    }
    if (terms->count > 0)
        qsort_r(refs, terms->count, sizeof *refs, ref_order, terms);
    *out = refs;
    return HEDUI_OK;
}

/* Sorted and without repeats; maps lead to the place in items. */
static hedui_status
field_merge(struct vocabulary *v, const struct builder *builder, uint32_t field,
            struct ref *const *refs, struct err *err)
{
    uint32_t *at = mem_resize(NULL, builder->lane_count, sizeof *at);
    const struct ref *last = NULL;
    const struct terms *last_terms = NULL;
    size_t total = 0;
    hedui_status rc = HEDUI_OK;

    if (at == NULL)
        return no_memory(err);
    memset(at, 0, builder->lane_count * sizeof *at);
    FAIL(maps_open(v, builder, field, err));
    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        total += builder->lanes[lane].terms[field].count;
    v->items = mem_resize(NULL, total, sizeof *v->items);
    if (v->items == NULL)
        FAIL(no_memory(err));
    for (; total > 0; total--) { /* lanes are few: look at each */
        const struct terms *terms;
        const struct ref *least = NULL;
        uint32_t from = 0;
        for (uint32_t lane = 0; lane < builder->lane_count; lane++) {
            terms = &builder->lanes[lane].terms[field];
            if (at[lane] < terms->count &&
                (least == NULL || refs_order(&refs[lane][at[lane]], terms, least,
                                             &builder->lanes[from].terms[field]) < 0)) {
                least = &refs[lane][at[lane]];
                from = lane;
            }
        }
        assert(least != NULL);
        terms = &builder->lanes[from].terms[field];
        if (last == NULL || refs_order(last, last_terms, least, terms) != 0)
            v->items[v->count++] = terms->items[least->number];
        v->maps[from][least->number] = v->count - 1;
        last = least;
        last_terms = terms;
        at[from]++;
    }
done:
    mem_free(at);
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
        named[i] = (struct named){
            {t.tags[i].tag, t.tags[i].check, 0},
            i
        };
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
    struct ref **refs;           /* [number of the field among those][lane] */
};

static hedui_status
sort_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct merging *m = context;
    uint32_t of = (uint32_t)(task % m->builder->lane_count);
    uint32_t field = m->fields[task / m->builder->lane_count];
    struct terms *terms = &m->builder->lanes[of].terms[field];

    (void)lane;
    terms_seal(terms);
    return lane_sort(&m->refs[task], terms, err);
}

static hedui_status
merge_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct merging *m = context;
    struct ref **refs = m->refs + task * m->builder->lane_count;
    uint32_t field = m->fields[task];
    hedui_status rc = field_merge(&m->set->fields[field], m->builder, field, refs, err);

    (void)lane;
    for (uint32_t i = 0; i < m->builder->lane_count; i++) {
        mem_free(refs[i]);
        refs[i] = NULL;
    }
    return rc;
}

static hedui_status
fields_merge(struct merging *m, size_t count, struct pool *pool, struct err *err)
{
    size_t tasks = count * m->builder->lane_count;
    hedui_status rc = HEDUI_OK;

    m->refs = mem_resize(NULL, tasks, sizeof *m->refs);
    if (m->refs == NULL)
        return no_memory(err);
    memset(m->refs, 0, tasks * sizeof *m->refs);
    FAIL(pool_run(pool, tasks, sort_task, m, err));
    FAIL(pool_run(pool, count, merge_task, m, err));
done:
    for (size_t i = 0; i < tasks; i++)
        mem_free(m->refs[i]);
    mem_free(m->refs);
    return rc;
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
    TRY(fields_merge(&merging, count, pool, err));
    for (uint32_t f = 0; f < builder->plan.kind->field_count; f++)
        if (set->fields[f].is_names)
            TRY(field_tag(set, builder, f, pool, err));
    return HEDUI_OK;
}
