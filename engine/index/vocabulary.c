/* SPDX-License-Identifier: Apache-2.0 */
/* vocabulary.c: texts and tails: each lane's sorted, then merged. Names: names.c. */
#include "engine/index/vocabulary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"

#include "engine/base/ban.h"

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
static inline int
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
        mem_free(v->originals);
    }
    arena_release(&set->arena);
    memset(set, 0, sizeof *set);
}

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left for a dictionary");
}

hedui_status
vocabulary_maps_open(struct vocabulary *v, const struct builder *builder, uint32_t field,
                     struct err *err)
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

#define RUN 12 /* refs that insertion sorts */

/* Bottom-up merging with the order in line: some three times as fast as qsort_r(). spare: as long.
 */
static void
refs_sort(struct ref *refs, struct ref *spare, size_t n, const struct terms *terms)
{
    struct ref *from = refs, *to = spare;

    for (size_t start = 0; start < n; start += RUN)
        for (size_t i = start + 1; i < n && i < start + RUN; i++) {
            struct ref ref = refs[i];
            size_t at = i;
            for (; at > start && refs_order(&refs[at - 1], terms, &ref, terms) > 0; at--)
                refs[at] = refs[at - 1];
            refs[at] = ref;
        }
    for (size_t width = RUN; width < n; width *= 2) {
        for (size_t start = 0; start < n; start += 2 * width) {
            size_t left = start, middle = start + width < n ? start + width : n;
            size_t right = middle, end = middle + width < n ? middle + width : n;
            for (size_t i = start; i < end; i++)
                to[i] = right == end || (left < middle &&
                                         refs_order(&from[left], terms, &from[right], terms) <= 0)
                            ? from[left++]
                            : from[right++];
        }
        struct ref *done = from;
        from = to;
        to = done;
    }
    if (from != refs && n > 0)
        memcpy(refs, from, n * sizeof *refs);
}

/* The first bytes of texts that rest nowhere in clear are wiped. */
static void
refs_free(struct ref *refs, size_t count)
{
    if (refs != NULL)
        mem_wipe(refs, count * sizeof *refs);
    mem_free(refs);
}

/* One lane's terms of one field, sorted. */
static hedui_status
lane_sort(struct ref **out, struct terms *terms, struct err *err)
{
    struct ref *refs = mem_resize(NULL, terms->count, sizeof *refs);
    struct ref *spare = mem_resize(NULL, terms->count, sizeof *spare);

    if (refs == NULL || spare == NULL) {
        mem_free(refs);
        mem_free(spare);
        return no_memory(err);
    }
    for (uint32_t i = 0; i < terms->count; i++) {
        struct text text = terms->items[i];
        refs[i] = (struct ref){eight_bytes(text, 0), eight_bytes(text, 8), i, (uint32_t)text.len};
    }
    refs_sort(refs, spare, terms->count, terms);
    refs_free(spare, terms->count);
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
    FAIL(vocabulary_maps_open(v, builder, field, err));
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

struct merging {
    struct vocabulary_set *set;
    const struct builder *builder;
    uint32_t fields[FIELDS_MAX]; /* numbers of those with terms */
    struct ref **refs;           /* [number of the field among those][lane] */
    struct entering *names;
    uint32_t name_count;
    uint32_t head; /* tasks before those of the fields: 1 where there are names */
};

static hedui_status
names_each(const struct merging *m,
           hedui_status (*step)(struct entering *, struct vocabulary_set *, struct err *),
           struct err *err)
{
    for (uint32_t i = 0; i < m->name_count; i++)
        TRY(step(&m->names[i], m->set, err));
    return HEDUI_OK;
}

/* Names first, which take longest; then one lane's terms of one field. */
static hedui_status
sort_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct merging *m = context;

    (void)lane;
    if (task < m->head)
        return names_each(m, entering_join, err);
    task -= m->head;
    uint32_t of = (uint32_t)(task % m->builder->lane_count);
    uint32_t field = m->fields[task / m->builder->lane_count];
    struct terms *terms = &m->builder->lanes[of].terms[field];
    terms_seal(terms);
    return lane_sort(&m->refs[task], terms, err);
}

static hedui_status
merge_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct merging *m = context;

    (void)lane;
    if (task < m->head)
        return names_each(m, entering_number, err);
    task -= m->head;
    struct ref **refs = m->refs + task * m->builder->lane_count;
    uint32_t field = m->fields[task];
    hedui_status rc = field_merge(&m->set->fields[field], m->builder, field, refs, err);

    for (uint32_t i = 0; i < m->builder->lane_count; i++) {
        refs_free(refs[i], m->builder->lanes[i].terms[field].count);
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
    FAIL(pool_run(pool, m->head + tasks, sort_task, m, err));
    for (uint32_t i = 0; i < m->name_count; i++)
        FAIL(entering_tag(&m->names[i], pool, err));
    FAIL(pool_run(pool, m->head + count, merge_task, m, err));
done:
    for (size_t i = 0; i < tasks; i++) {
        size_t lane = i % m->builder->lane_count, field = m->fields[i / m->builder->lane_count];

        refs_free(m->refs[i], m->builder->lanes[lane].terms[field].count);
    }
    mem_free(m->refs);
    return rc;
}

hedui_status
vocabulary_build(struct vocabulary_set *set, const struct builder *builder, struct pool *pool,
                 struct err *err)
{
    struct merging merging = {.set = set, .builder = builder};
    size_t count = 0;
    uint32_t names = 0;
    hedui_status rc;

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
        names += v->is_names ? 1 : 0;
        if (!v->is_names)
            merging.fields[count++] = stream->field;
    }
    merging.names = mem_resize(NULL, names, sizeof *merging.names);
    if (merging.names == NULL)
        return no_memory(err);
    for (uint32_t f = 0; f < builder->plan.kind->field_count; f++)
        if (set->fields[f].is_names)
            entering_init(&merging.names[merging.name_count++], f, builder);
    merging.head = names > 0 ? 1 : 0;
    rc = fields_merge(&merging, count, pool, err);
    for (uint32_t i = 0; i < merging.name_count; i++)
        entering_release(&merging.names[i]);
    mem_free(merging.names);
    return rc;
}
