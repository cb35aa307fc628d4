/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/several.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/match/person.h"

#include "engine/base/ban.h"

struct stand { /* a member and the case that counts on it */
    struct key128 key;
    uint32_t at, member; /* in set->items, in its members */
    bool is_again;       /* another stand has the same key */
};

struct search {
    struct stand *stands;
    uint32_t count;
    uint32_t *slots; /* number of a stand and one; 0: free. Half of them stay free */
    uint64_t mask;
};

static void
stand_add(struct search *search, struct stand stand)
{
    uint64_t at =
        (stand.key.lo ^ stand.key.hi * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xff51afd7ed558ccd);

    for (at = (at >> 32) & search->mask; search->slots[at] != 0; at = (at + 1) & search->mask) {
        struct stand *other = &search->stands[search->slots[at] - 1];

        if (key128_cmp(other->key, stand.key) == 0) {
            other->is_again = stand.is_again = true;
            search->stands[search->count++] = stand;
            return;
        }
    }
    search->stands[search->count++] = stand;
    search->slots[at] = search->count;
}

static int
stand_order(const void *a, const void *b)
{
    const struct stand *x = a, *y = b;
    int order = key128_cmp(x->key, y->key);

    if (order != 0)
        return order;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* The stands that share their key with another, to the front, sorted. */
static uint32_t
again_sort(struct search *search)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < search->count; i++)
        if (search->stands[i].is_again)
            search->stands[kept++] = search->stands[i];
    if (kept > 0)
        qsort(search->stands, kept, sizeof *search->stands, stand_order);
    return kept;
}

/* One person's stands: each member hears of the cases of the others. */
static hedui_status
person_tell(struct several *out, struct application_set *set, const struct stand *stands,
            uint32_t count, struct arena *arena, struct err *err)
{
    struct text *cases = arena_alloc(arena, count, sizeof *cases);

    if (cases == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < count; i++)
        cases[i] = set->items[stands[i].at].case_no; /* items are sorted by it */
    for (uint32_t i = 0; i < count; i++) {
        struct application_member *member = &set->items[stands[i].at].members[stands[i].member];
        struct text *also = arena_alloc(arena, count - 1, sizeof *also);

        if (also == NULL)
            return arena_full(arena, err);
        memcpy(also, cases, i * sizeof *also);
        memcpy(also + i, cases + i + 1, (count - i - 1) * sizeof *also);
        member->also = also;
        member->also_count = count - 1;
    }
    out->groups[out->count++] = (struct several_group){count, 1, cases};
    out->persons++;
    return HEDUI_OK;
}

static int
group_order(const void *a, const void *b)
{
    const struct several_group *x = a, *y = b;
    uint32_t both = x->case_count < y->case_count ? x->case_count : y->case_count;

    for (uint32_t i = 0; i < both; i++) {
        int order = text_cmp(x->cases[i], y->cases[i]);

        if (order != 0)
            return order;
    }
    return x->case_count < y->case_count ? -1 : x->case_count > y->case_count;
}

static void
groups_join(struct several *out)
{
    uint32_t kept = 0;

    if (out->count > 0)
        qsort(out->groups, out->count, sizeof *out->groups, group_order);
    for (uint32_t i = 0; i < out->count; i++)
        if (kept > 0 && group_order(&out->groups[kept - 1], &out->groups[i]) == 0)
            out->groups[kept - 1].persons++;
        else
            out->groups[kept++] = out->groups[i];
    out->count = kept;
}

static hedui_status
search_open(struct search *search, const struct application_set *set, struct arena *arena,
            struct err *err)
{
    uint64_t members = 0, room = 16;

    for (uint32_t i = 0; i < set->count; i++)
        members += set->items[i].member_count;
    while (room < members * 2)
        room *= 2;
    search->mask = room - 1;
    search->stands = arena_alloc(arena, members, sizeof *search->stands);
    search->slots = arena_alloc(arena, room, sizeof *search->slots);
    return members > UINT32_MAX / 2 || search->stands == NULL || search->slots == NULL
               ? arena_full(arena, err)
               : HEDUI_OK;
}

hedui_status
several_find(struct several *out, struct application_set *set, const struct model *model,
             struct arena *arena, struct err *err)
{
    struct search search = {0};
    struct person_fields fields;
    struct arena scratch;
    uint32_t owner = model->applicant->owner, again;
    hedui_status rc = HEDUI_OK;

    *out = (struct several){0};
    arena_init(&scratch, "persons", 0, true);
    person_fields_find(&fields, model->applicant);
    FAIL(search_open(&search, set, &scratch, err));
    for (uint32_t i = 0; i < set->count; i++)
        for (uint32_t m = 0; m < set->items[i].member_count; m++) {
            const struct application_member *member = &set->items[i].members[m];

            if (member->number == NUMBER_VALID &&
                person_role(&fields, member->cells, set->items[i].checked_on) == PERSON_MEMBER)
                stand_add(&search, (struct stand){member->cells[owner].identity->key, i, m, false});
        }
    again = again_sort(&search);
    out->groups = arena_alloc(arena, again / 2, sizeof *out->groups);
    if (out->groups == NULL)
        FAIL(arena_full(arena, err));
    for (uint32_t first = 0, end; first < again; first = end) {
        for (end = first + 1;
             end < again && key128_cmp(search.stands[first].key, search.stands[end].key) == 0;)
            end++;
        assert(end - first >= 2); /* nobody stands twice in one case: CASE-TWICE */
        FAIL(person_tell(out, set, &search.stands[first], end - first, arena, err));
    }
    groups_join(out);
done:
    arena_release(&scratch);
    return rc;
}

void
several_json(struct json *json, const struct several *several)
{
    json_array(json);
    for (uint32_t i = 0; i < several->count; i++) {
        json_object(json);
        json_key(json, "cases");
        json_array(json);
        for (uint32_t c = 0; c < several->groups[i].case_count; c++)
            json_text(json, several->groups[i].cases[c]);
        json_end_array(json);
        json_key(json, "persons");
        json_uint(json, several->groups[i].persons);
        json_end_object(json);
    }
    json_end_array(json);
}
