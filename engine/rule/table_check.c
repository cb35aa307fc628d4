/* SPDX-License-Identifier: Apache-2.0 */
/* table_check.c: no two rows of a unique table match one case, no case is left without a row, and
 * each row has a case of its own.
 *
 * Each column is cut at the constants that its cells compare it with, so that within a segment
 * every cell answers alike: one sample stands for all of it. A row is a box of segments; boxes that
 * meet are an overlap (B401), a point in no box is a gap (B402), a box that lies in earlier ones or
 * is empty is dead (B403). Where cells name parameters, all is done once for each span of days in
 * which none of them changes. A cell `= EXPR` may hold anywhere: its row covers nothing for
 * certain. */
#include <string.h>

#include "engine/rule/show.h"
#include "engine/rule/table_axis.h"

#include "engine/base/ban.h"

#define STEPS_MAX 10000000 /* looks at rows before a table is called too fine to prove */
#define DAYS_MAX 400
#define NO_ROW UINT32_MAX

struct sweep {
    struct loader *l;
    struct arena day; /* what one span of days needs: a table may have many of them */
    struct cutting cut;
    bool has_day; /* its parameters change: what is said is of one span of days */
    struct axis axes[TABLE_COLUMNS_MAX];
    uint64_t *all[TABLE_COLUMNS_MAX]; /* a bit for every segment of a column */
    uint64_t **accepts;               /* [row × columns + column]: a bit per segment */
    bool *is_opaque;                  /* per row */
    uint32_t *dead;                   /* per row: spans of days in which it is */
    bool *is_told;                    /* per row: an overlap of it */
    bool is_gap_told, is_costly;
    uint64_t steps;
    uint32_t *kept[TABLE_COLUMNS_MAX + 1]; /* rows that remain, a level each */
    uint32_t point[TABLE_COLUMNS_MAX];
};

/* false: arena full. */
static bool
column_sweep(struct sweep *s, uint32_t number)
{
    const struct table *table = s->cut.table;
    struct axis *axis = &s->axes[number];

    if (!axis_build(axis, &s->cut, number, &s->day))
        return false;
    s->all[number] = arena_alloc(&s->day, (axis->count + 63) / 64, sizeof(uint64_t));
    if (s->all[number] == NULL)
        return false;
    for (uint32_t i = 0; i < axis->count; i++)
        s->all[number][i / 64] |= (uint64_t)1 << (i % 64);
    for (uint32_t r = 0; r < table->row_count; r++) {
        const struct table_cell *cell = &table->rows[r].cells[number];
        uint64_t *bits = arena_alloc(&s->day, (axis->count + 63) / 64, sizeof *bits);

        if (bits == NULL)
            return false;
        s->accepts[r * table->column_count + number] = bits;
        s->is_opaque[r] = s->is_opaque[r] || cell->accept == ACCEPT_EXPR;
        for (uint32_t i = 0; i < axis->count; i++)
            if (cell_holds(&s->cut, &table->columns[number], cell, &axis->samples[i]))
                bits[i / 64] |= (uint64_t)1 << (i % 64);
    }
    return true;
}

static const uint64_t *
accepts(const struct sweep *s, uint32_t row, uint32_t column)
{
    return s->accepts[row * s->cut.table->column_count + column];
}

static bool
has_bit(const uint64_t *bits, uint32_t i)
{
    return (bits[i / 64] >> (i % 64) & 1) != 0;
}

/* What a row (NO_ROW: any case) leaves open in a column. */
static const uint64_t *
box_of(const struct sweep *s, uint32_t row, uint32_t column)
{
    return row == NO_ROW ? s->all[column] : accepts(s, row, column);
}

/* The first segment that both boxes have; UINT32_MAX: none. */
static uint32_t
first_common(const struct sweep *s, uint32_t column, const uint64_t *a, const uint64_t *b)
{
    for (uint32_t w = 0; w * 64 < s->axes[column].count; w++)
        if ((a[w] & b[w]) != 0)
            return w * 64 + (uint32_t)__builtin_ctzll(a[w] & b[w]);
    return UINT32_MAX;
}

/* Does the row take all that `box` leaves open from the column on? */
static bool
takes_rest(const struct sweep *s, uint32_t row, uint32_t column, uint32_t box)
{
    for (; column < s->cut.table->column_count; column++)
        for (uint32_t w = 0; w * 64 < s->axes[column].count; w++)
            if ((box_of(s, box, column)[w] & ~accepts(s, row, column)[w]) != 0)
                return false;
    return true;
}

/* A point of `box` (a row; NO_ROW: any case) that none of the rows takes, left in s->point.
 * Goes a level deeper per column. */
static bool
hole(struct sweep *s, uint32_t box, uint32_t column, uint32_t count)
{
    const uint32_t *rows = s->kept[column];
    uint32_t *next = s->kept[column + 1], before = UINT32_MAX;

    s->steps += 1 + count;
    if (s->steps > STEPS_MAX) {
        s->is_costly = true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        if (takes_rest(s, rows[i], column, box))
            return false;
    if (column == s->cut.table->column_count)
        return count == 0;
    for (uint32_t i = 0; i < s->axes[column].count && !s->is_costly; i++) {
        bool is_same = before != UINT32_MAX;
        uint32_t kept = 0;
        if (!has_bit(box_of(s, box, column), i))
            continue;
        for (uint32_t r = 0; r < count; r++) {
            bool has = has_bit(accepts(s, rows[r], column), i);
            is_same = is_same && has == has_bit(accepts(s, rows[r], column), before);
            if (has)
                next[kept++] = rows[r];
        }
        before = i;
        s->point[column] = i;
        if (!is_same && hole(s, box, column + 1, kept))
            return true;
    }
    return false;
}

/* Rows below `until` that cover for certain. */
static uint32_t
covering(struct sweep *s, uint32_t until)
{
    uint32_t count = 0;

    for (uint32_t r = 0; r < until; r++)
        if (!s->is_opaque[r])
            s->kept[0][count++] = r;
    return count;
}

/* "status = normal，price = 20000.00" */
static struct text
point_text(struct sweep *s, const char *comma)
{
    struct text text;
    struct buf out;

    buf_init(&out, false);
    for (uint32_t i = 0; i < s->cut.table->column_count; i++) {
        const struct table_column *column = &s->cut.table->columns[i];
        const char *dot = memrchr(column->name.at, '.', column->name.len);
        size_t skip = dot == NULL ? 0 : (size_t)(dot - column->name.at) + 1;
        buf_str(&out, i > 0 ? comma : "");
        buf_put(&out, column->name.at + skip, column->name.len - skip);
        buf_str(&out, " = ");
        value_print(&out, s->axes[i].samples[s->point[i]], column->type);
    }
    text = arena_text(s->l->arena, buf_as_text(&out));
    buf_release(&out);
    return text;
}

static struct text
day_text(struct sweep *s, enum lang lang)
{
    struct text text;
    struct buf day;

    if (!s->has_day)
        return TEXT("");
    buf_init(&day, false);
    value_print(&day, (struct value){.integer = s->cut.day}, type_of(TYPE_DATE));
    text = lang == LANG_ZH ? arena_printf(s->l->arena, "（按 " TEXT_FMT " 的参数）",
                                          TEXT_ARG(buf_as_text(&day)))
                           : arena_printf(s->l->arena, " (with the parameters of " TEXT_FMT ")",
                                          TEXT_ARG(buf_as_text(&day)));
    buf_release(&day);
    return text;
}

static void
row_say(struct sweep *s, const struct table_row *row, const char *code, struct text zh,
        struct text en)
{
    message_add(s->l->messages, MESSAGE_ERROR, code, row->place, (uint32_t)text_chars(row->id), zh,
                en);
}

static bool
comes_after(struct place a, struct place b)
{
    return a.line > b.line || (a.line == b.line && a.column > b.column);
}

static void
overlap_say(struct sweep *s, uint32_t a, uint32_t b)
{
    const struct table_row *first = &s->cut.table->rows[a], *second = &s->cut.table->rows[b];
    struct text day_zh = day_text(s, LANG_ZH);
    struct text day_en = day_text(s, LANG_EN);

    row_say(
        s, comes_after(first->place, second->place) ? first : second, "B401",
        arena_printf(s->l->arena, "行 " TEXT_FMT " 与 " TEXT_FMT " 重叠，例如 " TEXT_FMT TEXT_FMT,
                     TEXT_ARG(first->id), TEXT_ARG(second->id), TEXT_ARG(point_text(s, "，")),
                     TEXT_ARG(day_zh)),
        arena_printf(s->l->arena,
                     "rows \"" TEXT_FMT "\" and \"" TEXT_FMT "\" overlap, e.g. " TEXT_FMT TEXT_FMT,
                     TEXT_ARG(first->id), TEXT_ARG(second->id), TEXT_ARG(point_text(s, ", ")),
                     TEXT_ARG(day_en)));
}

static void
overlaps(struct sweep *s)
{
    const struct table *table = s->cut.table;

    for (uint32_t a = 0; table->hit == TABLE_UNIQUE && a < table->row_count; a++)
        for (uint32_t b = a + 1; b < table->row_count; b++) {
            bool meets = !s->is_told[b];
            s->is_costly = s->is_costly || ++s->steps > STEPS_MAX;
            if (s->is_costly)
                return;
            for (uint32_t c = 0; meets && c < table->column_count; c++) {
                s->point[c] = first_common(s, c, accepts(s, a, c), accepts(s, b, c));
                meets = s->point[c] != UINT32_MAX;
            }
            if (meets) {
                s->is_told[b] = true;
                overlap_say(s, a, b);
            }
        }
}

static void
gaps(struct sweep *s)
{
    struct text day_zh, day_en;

    if (s->cut.table->otherwise != NULL || s->is_gap_told ||
        !hole(s, NO_ROW, 0, covering(s, s->cut.table->row_count)))
        return;
    s->is_gap_told = true;
    day_zh = day_text(s, LANG_ZH);
    day_en = day_text(s, LANG_EN);
    say(s->l, s->cut.table->place, "B402",
        arena_printf(s->l->arena,
                     "没有任何行必然命中的情况，例如 " TEXT_FMT TEXT_FMT
                     "；请补一行，或写 otherwise",
                     TEXT_ARG(point_text(s, "，")), TEXT_ARG(day_zh)),
        arena_printf(s->l->arena,
                     "no row is sure to match, e.g. " TEXT_FMT TEXT_FMT
                     "; add a row or \"otherwise\"",
                     TEXT_ARG(point_text(s, ", ")), TEXT_ARG(day_en)));
}

static bool
is_empty(const struct sweep *s, uint32_t row)
{
    for (uint32_t c = 0; c < s->cut.table->column_count; c++)
        if (first_common(s, c, accepts(s, row, c), s->all[c]) == UINT32_MAX)
            return true;
    return false;
}

static void
dead_count(struct sweep *s)
{
    const struct table *table = s->cut.table;

    for (uint32_t r = 0; r < table->row_count; r++)
        s->dead[r] += is_empty(s, r) || (table->hit == TABLE_FIRST &&
                                         !hole(s, r, 0, covering(s, r)) && !s->is_costly);
}

/* The row above that takes the first case of a dead one. */
static uint32_t
taker(const struct sweep *s, uint32_t row)
{
    for (uint32_t r = 0; r < row; r++) {
        bool takes = !s->is_opaque[r];
        for (uint32_t c = 0; takes && c < s->cut.table->column_count; c++)
            takes = has_bit(accepts(s, r, c), s->point[c]);
        if (takes)
            return r;
    }
    return row;
}

static void
dead_say(struct sweep *s, uint32_t number)
{
    const struct table_row *row = &s->cut.table->rows[number], *above;

    if (is_empty(s, number)) {
        uint32_t c = 0;
        while (first_common(s, c, accepts(s, number, c), s->all[c]) != UINT32_MAX)
            c++;
        row_say(s, row, "B403",
                arena_printf(s->l->arena,
                             "行 " TEXT_FMT " 永远不会命中：“" TEXT_FMT "” 没有符合这一格的值",
                             TEXT_ARG(row->id), TEXT_ARG(s->cut.table->columns[c].name)),
                arena_printf(s->l->arena,
                             "row \"" TEXT_FMT "\" can never match: no value of \"" TEXT_FMT
                             "\" fits its cell",
                             TEXT_ARG(row->id), TEXT_ARG(s->cut.table->columns[c].name)));
        return;
    }
    for (uint32_t c = 0; c < s->cut.table->column_count; c++)
        s->point[c] = first_common(s, c, accepts(s, number, c), s->all[c]);
    above = &s->cut.table->rows[taker(s, number)];
    row_say(s, row, "B403",
            arena_printf(s->l->arena,
                         "行 " TEXT_FMT " 永远不会命中，例如 " TEXT_FMT " 已由上面的行 " TEXT_FMT
                         " 命中",
                         TEXT_ARG(row->id), TEXT_ARG(point_text(s, "，")), TEXT_ARG(above->id)),
            arena_printf(s->l->arena,
                         "row \"" TEXT_FMT "\" can never match: e.g. " TEXT_FMT
                         " is taken by row \"" TEXT_FMT "\" above",
                         TEXT_ARG(row->id), TEXT_ARG(point_text(s, ", ")), TEXT_ARG(above->id)));
}

/* The days from which a parameter of the table changes, in order; 0: it names none. */
static uint32_t
days_of(const struct sweep *s, int32_t days[DAYS_MAX])
{
    const struct table *table = s->cut.table;
    uint32_t count = 0;

    for (uint32_t i = 0; i < table->row_count * table->column_count; i++) {
        const struct table_cell *cell =
            &table->rows[i / table->column_count].cells[i % table->column_count];
        for (uint32_t k = 0; k < cell->count; k++) {
            const struct param *param =
                cell->operands[k].param < 0 ? NULL : &s->l->pack->params[cell->operands[k].param];
            for (uint32_t v = 0; param != NULL && v < param->value_count; v++) {
                uint32_t at = count;
                while (at > 0 && days[at - 1] > param->values[v].from)
                    at--;
                if ((at > 0 && days[at - 1] == param->values[v].from) || count == DAYS_MAX)
                    continue;
                memmove(&days[at + 1], &days[at], (count - at) * sizeof *days);
                days[at] = param->values[v].from;
                count++;
            }
        }
    }
    return count;
}

/* Is every parameter that the table names in force on s->cut.day? */
static bool
day_is_whole(const struct sweep *s)
{
    const struct table *table = s->cut.table;

    for (uint32_t i = 0; i < table->row_count * table->column_count; i++) {
        const struct table_cell *cell =
            &table->rows[i / table->column_count].cells[i % table->column_count];
        for (uint32_t k = 0; k < cell->count; k++)
            if (cell->operands[k].param >= 0 &&
                param_on(&s->l->pack->params[cell->operands[k].param], s->cut.day) == NULL)
                return false;
    }
    return true;
}

static bool
day_sweep(struct sweep *s)
{
    arena_reset(&s->day);
    for (uint32_t c = 0; c < s->cut.table->column_count; c++)
        if (!column_sweep(s, c))
            return false;
    overlaps(s);
    gaps(s);
    dead_count(s);
    return true;
}

static bool
sweep_open(struct sweep *s, struct loader *l, const struct table *table)
{
    bool is_good;

    *s = (struct sweep){
        .l = l, .cut = {l->pack, table, 0}
    };
    s->accepts =
        arena_alloc(l->arena, (size_t)table->row_count * table->column_count, sizeof *s->accepts);
    s->is_opaque = arena_alloc(l->arena, table->row_count, sizeof *s->is_opaque);
    s->dead = arena_alloc(l->arena, table->row_count, sizeof *s->dead);
    s->is_told = arena_alloc(l->arena, table->row_count, sizeof *s->is_told);
    is_good = s->accepts != NULL && s->is_opaque != NULL && s->dead != NULL && s->is_told != NULL;
    for (uint32_t c = 0; c <= table->column_count; c++) {
        s->kept[c] = arena_alloc(l->arena, table->row_count, sizeof *s->kept[c]);
        is_good = is_good && s->kept[c] != NULL;
    }
    return is_good;
}

/* Span by span; false: arena full. */
static bool
days_sweep(struct sweep *s)
{
    const struct table *table = s->cut.table;
    int32_t days[DAYS_MAX + 1];
    uint32_t count = days_of(s, days), swept = 0;

    s->has_day = count > 1;
    for (uint32_t i = 0; (i < count || i == 0) && !s->is_costly; i++) {
        s->cut.day = count > 0 ? days[i] : 0;
        if (!day_is_whole(s))
            continue;
        swept++;
        if (!day_sweep(s))
            return false;
    }
    for (uint32_t r = 0; swept > 0 && !s->is_costly && r < table->row_count; r++)
        if (s->dead[r] == swept)
            dead_say(s, r);
    if (s->is_costly)
        say(s->l, table->place, "C701", text_of("这张表太大，无法逐格核对，请拆成几张表"),
            text_of("this table is too large to prove cell by cell; split it"));
    return true;
}

static bool
table_sweep(struct loader *l, const struct table *table)
{
    bool is_good;
    struct sweep s;

    if (!sweep_open(&s, l, table))
        return false;
    arena_init(&s.day, "table", 0, false);
    is_good = days_sweep(&s);
    arena_release(&s.day);
    return is_good;
}

void
tables_check(struct loader *l)
{
    for (uint32_t i = 0; i < l->pack->fact_count && !l->is_full; i++)
        if (l->pack->facts[i].table != NULL && !table_sweep(l, l->pack->facts[i].table))
            l->is_full = true;
}
