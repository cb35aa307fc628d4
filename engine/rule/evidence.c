/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.c: the rows behind a finding, and the paper that settles an unknown. */
#include <stdlib.h>
#include <string.h>

#include "engine/rule/finding.h"

#include "engine/base/ban.h"

struct piece { /* one row of evidence and where it stands in the order */
    uint32_t person, kind, place;
    const struct household_row *row;
    int32_t field; /* an applicant's own field; -1: a row */
};

static int
piece_order(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return 0;
}

/* "A.incomes.7"; NULL: the arena is full. */
static struct text
row_label(const char *key, const struct household_row *row, uint32_t place, struct arena *arena)
{
    struct text list = row->kind->list;
    size_t key_len = strlen(key);
    char digits[10], *to;
    size_t at = sizeof digits, len;

    do {
        digits[--at] = (char)('0' + place % 10);
        place /= 10;
    } while (place != 0);
    len = key_len + list.len + 2 + (sizeof digits - at);
    to = arena_alloc(arena, len, 1);
    if (to == NULL)
        return (struct text){NULL, 0};
    memcpy(to, key, key_len);
    to[key_len] = '.';
    memcpy(to + key_len + 1, list.at, list.len);
    to[key_len + 1 + list.len] = '.';
    memcpy(to + key_len + 2 + list.len, digits + at, sizeof digits - at);
    return (struct text){to, len};
}

/* The walk mostly comes by them in their order. */
static bool
is_in_order(const struct piece *pieces, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (piece_order(&pieces[i - 1], &pieces[i]) > 0)
            return false;
    return true;
}

static hedui_status
pieces_put(struct judging *j, struct finding *finding, struct piece *pieces, uint32_t count,
           struct err *err)
{
    const struct household *h = j->run->household;

    if (!is_in_order(pieces, count))
        qsort(pieces, count, sizeof *pieces, piece_order);
    finding->evidence = arena_alloc(j->arena, count, sizeof *finding->evidence);
    if (finding->evidence == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < count; i++) {
        const struct piece *piece = &pieces[i];
        const char *key = h->persons[piece->person].key;
        struct evidence_row *out;
        if (i > 0 && piece_order(piece, &pieces[i - 1]) == 0)
            continue;
        out = &finding->evidence[finding->evidence_count++];
        out->of = piece->row;
        if (piece->row == NULL) {
            const struct field *field = &h->model->applicant->fields[piece->field];
            out->row = arena_printf(j->arena, "%s." TEXT_FMT, key, TEXT_ARG(field->name));
            out->source = TEXT("applicant");
            out->as_of = h->checked_on;
        } else {
            out->row = row_label(key, piece->row, piece->place, j->arena);
            out->source = j->run->pack->sources[piece->row->source].name;
            out->as_of = piece->row->seen;
        }
        if (out->row.at == NULL)
            return arena_full(j->arena, err);
    }
    return HEDUI_OK;
}

hedui_status
evidence_of_rows(struct judging *j, struct finding *finding,
                 const struct household_row *const *rows, uint32_t count, struct err *err)
{
    struct piece *pieces = arena_alloc(j->arena, count, sizeof *pieces);

    if (pieces == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < count; i++)
        pieces[i] =
            (struct piece){rows[i]->person, rows[i]->kind->number, rows[i]->place, rows[i], -1};
    return pieces_put(j, finding, pieces, count, err);
}

static uint32_t
subject_pieces(const struct run *run, const struct subject *s, struct piece *into)
{
    uint32_t count = 0;

    if (s->thing != NULL) {
        for (uint32_t i = 0; i < s->thing->row_count; i++) {
            const struct household_row *row = s->thing->rows[i];
            if (into != NULL)
                into[count] = (struct piece){row->person, row->kind->number, row->place, row, -1};
            count++;
        }
    } else if (s->row != NULL) {
        if (into != NULL)
            into[0] =
                (struct piece){s->row->person, s->row->kind->number, s->row->place, s->row, -1};
        count = 1;
    } else {
        for (uint32_t i = 0; i < s->kind->field_count; i++)
            if ((s->fields >> i & 1) != 0 && s->cells[i].state == CELL_VALUE) {
                if (into != NULL)
                    into[count] = (struct piece){(uint32_t)(s->person - run->household->persons),
                                                 s->kind->number, i, NULL, (int32_t)i};
                count++;
            }
    }
    return count;
}

/* Rows whose amounts were read; of a kind of which no amount was read, all rows that were looked
 * at. A row that only met a filter is no evidence. */
hedui_status
evidence_of_run(struct judging *j, struct finding *finding, struct run *run, struct err *err)
{
    uint64_t counted = 0;
    uint32_t count = 0;
    struct piece *pieces;

    for (const struct subject *s = run->touched; s != NULL; s = s->touched_next)
        if (s->is_counted)
            counted |= (uint64_t)1 << s->kind->number;
    for (const struct subject *s = run->touched; s != NULL; s = s->touched_next)
        if (s->is_counted || (counted >> s->kind->number & 1) == 0)
            count += subject_pieces(run, s, NULL);
    pieces = arena_alloc(j->arena, count, sizeof *pieces);
    if (pieces == NULL)
        return arena_full(j->arena, err);
    count = 0;
    for (const struct subject *s = run->touched; s != NULL; s = s->touched_next)
        if (s->is_counted || (counted >> s->kind->number & 1) == 0)
            count += subject_pieces(run, s, pieces + count);
    return pieces_put(j, finding, pieces, count, err);
}

static struct text
source_settles(const struct pack *pack, struct text name, struct arena *arena)
{
    for (uint32_t s = 0; s < pack->source_count; s++)
        if (text_eq(pack->sources[s].name, name))
            return pack->sources[s].settle.len > 0 ? pack->sources[s].settle
                                                   : arena_printf(arena, "由" TEXT_FMT "反馈数据",
                                                                  TEXT_ARG(pack->sources[s].zh));
    return (struct text){NULL, 0};
}

static struct text
asked(const struct pack *pack, const char *owner, struct text kind, struct text field,
      struct arena *arena)
{
    struct text full =
        owner != NULL ? arena_printf(arena, "%s." TEXT_FMT, owner, TEXT_ARG(field))
                      : arena_printf(arena, TEXT_FMT "." TEXT_FMT, TEXT_ARG(kind), TEXT_ARG(field));

    for (uint32_t i = 0; i < pack->missing_count; i++)
        if (pack->missing[i].ask.len > 0 &&
            (text_eq(pack->missing[i].name, full) || text_eq(pack->missing[i].name, kind)))
            return pack->missing[i].ask;
    return (struct text){NULL, 0};
}

static struct text
field_settles(const struct pack *pack, const struct kind *kind, const char *owner,
              struct text field, struct arena *arena)
{
    struct text text = asked(pack, owner, kind->name, field, arena);
    int32_t number = kind_field(kind, field);

    if (text.len > 0)
        return text;
    if (text_is(field, "match"))
        return TEXT("核对该记录的权利人姓名");
    if (text_is(field, "id_no"))
        return TEXT("更正该成员的证件号码");
    if (number < 0)
        return arena_printf(arena, "补充 " TEXT_FMT, TEXT_ARG(field));
    return arena_printf(arena, "补充" TEXT_FMT "的" TEXT_FMT, TEXT_ARG(kind->zh),
                        TEXT_ARG(kind->fields[number].zh));
}

static struct text
after(struct text text, char mark)
{
    const char *at = text.len == 0 ? NULL : memchr(text.at, mark, text.len);

    return at == NULL ? (struct text){NULL, 0}
                      : (struct text){at + 1, text.len - (size_t)(at - text.at) - 1};
}

static struct text
before(struct text text, char mark)
{
    const char *at = text.len == 0 ? NULL : memchr(text.at, mark, text.len);

    return at == NULL ? text : (struct text){text.at, (size_t)(at - text.at)};
}

/* A cause is "p.NAME", "calendar.YEAR", "case.FIELD", "KEY.FIELD", "KEY.LIST.ROW.FIELD" or
 * "KEY.LIST@SOURCE[:MONTH]". */
struct text
settle_text(const struct pack *pack, struct text cause, struct arena *arena)
{
    struct text head = before(cause, '.'), rest = after(cause, '.'), tail;
    const struct kind *kind;

    if (text_is(head, "p"))
        return arena_printf(arena, "补充参数 " TEXT_FMT " 的现行值", TEXT_ARG(rest));
    if (text_is(head, "calendar"))
        return arena_printf(arena, "在 calendar.yaml 中补充 " TEXT_FMT " 年的节假日安排",
                            TEXT_ARG(rest));
    if (text_is(head, "case"))
        return field_settles(pack, pack->model->applicant, "case", rest, arena);
    tail = after(rest, '@');
    if (tail.len > 0)
        return source_settles(pack, before(tail, ':'), arena);
    tail = after(after(rest, '.'), '.');
    if (tail.len > 0) {
        kind = model_kind_by_list(pack->model, before(rest, '.'));
        return kind == NULL ? (struct text){NULL, 0} : field_settles(pack, kind, NULL, tail, arena);
    }
    return field_settles(pack, pack->model->applicant, "member", rest, arena);
}
