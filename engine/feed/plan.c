/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/plan.h"

#include <assert.h>
#include <string.h>

#include "engine/feed/split.h"

#include "engine/base/ban.h"

#define HEAD_BYTES ((size_t)64 << 10) /* what decides the character set */

struct head {
    struct text bytes; /* the first HEAD_BYTES and a row more */
    bool is_whole;     /* the file ends in them */
    size_t bom;
    struct text *columns; /* trimmed, NFC, UTF-8 */
};

static hedui_status
head_read(struct head *head, const struct input *input, struct arena *arena, struct err *err)
{
    struct input_stream *stream = NULL;
    size_t room = HEAD_BYTES + LINE_MAX_BYTES, got = 0;
    char *bytes = arena_alloc(arena, room + 1, 1);
    hedui_status rc = HEDUI_OK;

    if (bytes == NULL)
        return arena_full(arena, err);
    FAIL(input_stream_open(&stream, input, false, err));
    FAIL(input_stream_read(stream, bytes, room, &got, err));
    head->is_whole = got < room;
    if (head->is_whole && got > 0 && bytes[got - 1] != '\n')
        bytes[got++] = '\n';
    head->bytes = (struct text){bytes, got};
    head->bom = text_starts(head->bytes, TEXT("\xEF\xBB\xBF")) ? 3 : 0;
done:
    input_stream_close(stream);
    return rc;
}

static hedui_status
charset_choose(struct plan *plan, const struct head *head, struct err *err)
{
    const struct mapping *mapping = plan->mapping;
    struct text start = head->bytes;
    const char *path = plan->input->path;

    if (start.len >= 2 &&
        (memcmp(start.at, "\xFF\xFE", 2) == 0 || memcmp(start.at, "\xFE\xFF", 2) == 0))
        return err_set(err, HEDUI_E_INPUT,
                       "'%s' 是 UTF-16 编码，请另存为 UTF-8 的 CSV\n"
                       "'%s' is UTF-16: save it as CSV in UTF-8",
                       path, path);
    if (start.len > HEAD_BYTES)
        start.len = HEAD_BYTES;
    if (mapping->takes_utf8 &&
        (head->bom > 0 || !mapping->takes_gb18030 || charset_is_utf8_head(start))) {
        plan->charset = CHARSET_UTF8;
        return HEDUI_OK;
    }
    plan->charset = CHARSET_GB18030;
    if (mapping->takes_gb18030 && head->bom == 0)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 不是映射 charset 所列的字符集\n"
                   "'%s' is in no character set that the mapping's charset lists",
                   path, path);
}

static hedui_status
header_decode(struct text *out, struct text cell, const struct plan *plan, struct arena *arena,
              struct err *err)
{
    struct text text = cell;
    char *bytes;
    size_t bad = 0;
    bool is_good = true;

    if (plan->charset == CHARSET_GB18030) {
        bytes = arena_alloc(arena, gb18030_room(cell.len), 1);
        if (bytes == NULL)
            return arena_full(arena, err);
        is_good = gb18030_decode(cell, bytes, &text.len, &bad);
        text.at = bytes;
    }
    if (is_good && text_is_utf8(text)) {
        if (!text_nfc(text_trim(text), out, arena))
            return arena_full(arena, err);
        return HEDUI_OK;
    }
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 的列名含有不属于其字符集的字节\n"
                   "the column names of '%s' hold bytes that are not of its character set",
                   plan->input->path, plan->input->path);
}

static hedui_status
header_read(struct plan *plan, struct head *head, struct arena *arena, struct err *err)
{
    const char *path = plan->input->path;
    struct split_row row = {0};
    enum split split = SPLIT_BROKEN;
    size_t end;

    row.cells = arena_alloc(arena, COLUMNS_MAX, sizeof *row.cells);
    row.is_doubled = arena_alloc(arena, COLUMNS_MAX, sizeof *row.is_doubled);
    if (row.cells == NULL || row.is_doubled == NULL)
        return arena_full(arena, err);
    if (head->bytes.len > head->bom)
        split = split_row(&row, head->bytes.at, head->bom, head->bytes.len, head->is_whole,
                          plan->mapping->delimiter);
    if (split != SPLIT_OK || row.end - head->bom > LINE_MAX_BYTES || row.count > COLUMNS_MAX)
        return err_set(err, HEDUI_E_INPUT,
                       "'%s' 没有可读的表头：首行应为列名，不超过 64 KiB、4096 列\n"
                       "'%s' has no readable header: its first line must hold the column names, at "
                       "most 64 KiB and 4096 of them",
                       path, path);
    end = row.end - 1;
    if (end > head->bom && head->bytes.at[end - 1] == '\r')
        end--;
    plan->header = (struct text){head->bytes.at, end};
    plan->body = row.end;
    plan->column_count = row.count;
    head->columns = arena_alloc(arena, row.count, sizeof *head->columns);
    if (head->columns == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < row.count; i++) {
        struct text cell = row.cells[i];
        if (row.is_doubled[i]) {
            char *bytes = arena_alloc(arena, cell.len, 1);
            if (bytes == NULL)
                return arena_full(arena, err);
            cell = split_unquote(cell, bytes);
        }
        TRY(header_decode(&head->columns[i], cell, plan, arena, err));
    }
    return HEDUI_OK;
}

/* The one column that bears a name of `aliases`; -1: none; -2: several. */
static int32_t
column_find(const struct plan *plan, const struct head *head, const struct text *aliases,
            uint32_t alias_count)
{
    int32_t found = -1;

    for (uint32_t i = 0; i < plan->column_count; i++)
        for (uint32_t a = 0; a < alias_count; a++) {
            if (!text_eq(head->columns[i], aliases[a]))
                continue;
            if (found >= 0)
                return -2;
            found = (int32_t)i;
            break;
        }
    return found;
}

static hedui_status
column_trouble(const struct plan *plan, struct text label, struct text field,
               const struct text *aliases, uint32_t count, bool is_twice, struct arena *arena,
               struct err *err)
{
    struct text names = TEXT("");

    for (uint32_t i = 0; i < count; i++)
        names = arena_printf(arena, TEXT_FMT "%s" TEXT_FMT, TEXT_ARG(names), i == 0 ? "" : " | ",
                             TEXT_ARG(aliases[i]));
    if (names.at == NULL)
        return arena_full(arena, err);
    if (is_twice)
        return err_set(err, HEDUI_E_INPUT,
                       "'%s' 有不止一列对应 " TEXT_FMT "（" TEXT_FMT "）：" TEXT_FMT
                       "；请删除一列或改映射\n"
                       "'%s' has more than one column for " TEXT_FMT ": " TEXT_FMT
                       "; delete one or change the mapping",
                       plan->input->path, TEXT_ARG(label), TEXT_ARG(field), TEXT_ARG(names),
                       plan->input->path, TEXT_ARG(field), TEXT_ARG(names));
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 没有 " TEXT_FMT "（" TEXT_FMT "）列，列名可以是：" TEXT_FMT
                   "；请补上该列或在映射 %s 里加入实际列名\n"
                   "'%s' has no column for " TEXT_FMT ", which may be named " TEXT_FMT
                   "; add the column, or its name to the mapping %s",
                   plan->input->path, TEXT_ARG(label), TEXT_ARG(field), TEXT_ARG(names),
                   plan->mapping->path.at, plan->input->path, TEXT_ARG(field), TEXT_ARG(names),
                   plan->mapping->path.at);
}

static void
needed_add(struct plan *plan, uint32_t column)
{
    uint32_t at = plan->needed_count;

    while (at > 0 && plan->needed[at - 1] > column)
        at--;
    if (at > 0 && plan->needed[at - 1] == column)
        return;
    memmove(plan->needed + at + 1, plan->needed + at,
            (plan->needed_count - at) * sizeof *plan->needed);
    plan->needed[at] = column;
    plan->needed_count++;
}

static hedui_status
words_lay(struct plan_field *at, struct arena *arena, struct err *err)
{
    const struct code_table *codes = &at->map->codes;

    at->word_slots = 16;
    while (at->word_slots < 2 * codes->count)
        at->word_slots *= 2;
    at->words = arena_alloc(arena, at->word_slots, sizeof *at->words);
    if (at->words == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < at->word_slots; i++)
        at->words[i].code = -1;
    for (uint32_t i = 0; i < codes->count; i++) {
        struct short_word word = short_word_of(codes->words[i].word, false);
        uint32_t slot = short_word_slot(&word, at->word_slots);
        if (word.len > SHORT_WORD_MAX)
            continue; /* the careful way knows it */
        while (at->words[slot].code >= 0)
            slot = (slot + 1) & (at->word_slots - 1);
        word.code = (int32_t)codes->words[i].code;
        at->words[slot] = word;
    }
    return HEDUI_OK;
}

/* Which road the clean cells of a field take. A word for blank that looks like a value is the
 * careful way's to see. */
static hedui_status
road_choose(struct plan_field *at, struct arena *arena, struct err *err)
{
    static const uint32_t shifts[] = {[UNIT_YUAN] = 2, [UNIT_WAN] = 6, [UNIT_FEN] = 0};

    for (uint32_t i = 0; i < at->map->blank_count; i++)
        if (at->map->blanks[i].len > 0)
            at->has_blanks = at->is_blank_first[(unsigned char)at->map->blanks[i].at[0]] = true;
    switch (at->field->type) {
    case FIELD_IDENTITY:
        at->road = ROAD_IDENTITY;
        break;
    case FIELD_NAME:
    case FIELD_TEXT:
        at->road = ROAD_TEXT;
        break;
    case FIELD_CODE:
        at->road = ROAD_CODE;
        return words_lay(at, arena, err);
    case FIELD_DATE:
        at->road = at->map->date == DATE_FORM_CIVIL ? ROAD_DATE : ROAD_CAREFUL;
        break;
    case FIELD_MONTH:
        at->road = at->map->date == DATE_FORM_CIVIL ? ROAD_MONTH : ROAD_CAREFUL;
        break;
    case FIELD_MONEY:
        at->road = ROAD_NUMBER;
        at->shift = shifts[at->map->unit];
        break;
    case FIELD_DECIMAL:
        at->road = at->field->scale >= at->map->divide ? ROAD_NUMBER : ROAD_CAREFUL;
        at->shift = at->road == ROAD_NUMBER ? (uint32_t)at->field->scale - at->map->divide : 0;
        break;
    case FIELD_INT:
        at->road = ROAD_NUMBER;
        break;
    case FIELD_BOOL:
        at->road = ROAD_CAREFUL;
        break;
    }
    return HEDUI_OK;
}

static hedui_status
fields_resolve(struct plan *plan, const struct head *head, struct arena *arena, struct err *err)
{
    const struct mapping *mapping = plan->mapping;
    const struct kind *kind = mapping->kind;

    for (uint32_t i = 0; i < kind->field_count; i++) {
        const struct field *field = &kind->fields[i];
        const struct field_map *map = &mapping->fields[i];
        int32_t column = column_find(plan, head, map->aliases, map->alias_count);
        if (column == -2)
            return column_trouble(plan, field->zh, field->name, map->aliases, map->alias_count,
                                  true, arena, err);
        if (column >= 0) {
            struct plan_field *at = &plan->fields[plan->field_count++];
            *at = (struct plan_field){
                .number = i, .column = (uint32_t)column, .field = field, .map = map};
            TRY(road_choose(at, arena, err));
            needed_add(plan, (uint32_t)column);
            continue;
        }
        if (!map->value.is_set && field->blank == BLANK_REFUSES)
            return column_trouble(plan, field->zh, field->name, map->aliases, map->alias_count,
                                  false, arena, err);
        plan->constants[i] = map->value;
        if (!map->value.is_set)
            plan->constants[i].state = field->blank == BLANK_NONE ? CELL_NONE : CELL_UNKNOWN;
        plan->constants[i].is_set = true;
    }
    return HEDUI_OK;
}

static hedui_status
skips_resolve(struct plan *plan, const struct head *head, struct arena *arena, struct err *err)
{
    for (uint32_t i = 0; i < plan->mapping->skip_count; i++) {
        const struct skip_rule *rule = &plan->mapping->skips[i];
        int32_t column = column_find(plan, head, rule->aliases, rule->alias_count);
        struct plan_skip *skip = &plan->skips[plan->skip_count];
        if (column == -2)
            return column_trouble(plan, rule->why, TEXT("skip"), rule->aliases, rule->alias_count,
                                  true, arena, err);
        if (column < 0)
            continue; /* a file without the column has nothing to skip by it */
        skip->column = (uint32_t)column;
        skip->rule = rule;
        skip->number = i;
        memset(skip->first + 0x80, 1, 0x80);
        for (uint32_t w = 0; w < rule->word_count; w++)
            if (rule->words[w].len > 0)
                skip->first[(unsigned char)rule->words[w].at[0]] = 1;
        needed_add(plan, skip->column);
        plan->skip_count++;
    }
    return HEDUI_OK;
}

static hedui_status
mended_resolve(struct plan *plan, const struct head *head, struct err *err)
{
    static const struct text row = {"hedui_row", 9}, codes = {"hedui_codes", 11};

    plan->row_column = column_find(plan, head, &row, 1);
    plan->codes_column = column_find(plan, head, &codes, 1);
    if (!plan->is_mended) { /* a batch is mended by giving it again, whole cases at a time */
        bool is_refused = plan->row_column >= 0 && plan->codes_column >= 0 && plan->case_field < 0;

        plan->row_column = plan->codes_column = -1;
        if (!is_refused)
            return HEDUI_OK;
        return err_set(
            err, HEDUI_E_INPUT,
            "'%s' 是退回行文件（有 hedui_row、hedui_codes "
            "列）：它只有被退回的几行，单独接收会顶替整份"
            "数据；请用 --mends 指明它补正的数据\n"
            "'%s' is a file of refused rows (it has hedui_row and hedui_codes): by itself it "
            "would take the place of the whole delivery; name the one it mends with --mends",
            plan->input->path, plan->input->path);
    }
    if (plan->row_column < 0)
        return err_set(
            err, HEDUI_E_INPUT,
            "'%s' 没有 hedui_row 列：补正文件应由拒收文件改成，请保留该列\n"
            "'%s' has no column hedui_row: a mended file is made from a refused file and "
            "keeps that column",
            plan->input->path, plan->input->path);
    if (plan->row_column + 1 + (plan->codes_column >= 0) != (int32_t)plan->column_count ||
        (plan->codes_column >= 0 && plan->codes_column < plan->row_column))
        return err_set(err, HEDUI_E_INPUT,
                       "'%s' 的 hedui_row、hedui_codes 须仍是最后两列\n"
                       "hedui_row and hedui_codes must stay the last columns of '%s'",
                       plan->input->path, plan->input->path);
    for (uint32_t i = 0; i < plan->column_count;
         i++) /* a row refused again is written cell by cell */
        needed_add(plan, i);
    return HEDUI_OK;
}

hedui_status
plan_build(struct plan **out, const struct mapping *mapping, const struct input *input,
           uint32_t file, bool is_mended, struct arena *arena, struct err *err)
{
    struct plan *plan = arena_alloc(arena, 1, sizeof *plan);
    struct head head = {0};
    uint32_t fields = mapping->kind->field_count;

    if (plan == NULL)
        return arena_full(arena, err);
    *plan = (struct plan){.mapping = mapping, .input = input, .file = file, .is_mended = is_mended};
    plan->case_field = mapping->kind == mapping->model->applicant
                           ? kind_field(mapping->kind, TEXT("case_no"))
                           : -1;
    plan->fields = arena_alloc(arena, fields, sizeof *plan->fields);
    plan->constants = arena_alloc(arena, fields, sizeof *plan->constants);
    plan->skips = arena_alloc(arena, SKIPS_MAX, sizeof *plan->skips);
    if (plan->fields == NULL || plan->constants == NULL || plan->skips == NULL)
        return arena_full(arena, err);
    TRY(head_read(&head, input, arena, err));
    TRY(charset_choose(plan, &head, err));
    TRY(header_read(plan, &head, arena, err));
    plan->needed = arena_alloc(arena, (size_t)plan->column_count + 1, sizeof *plan->needed);
    if (plan->needed == NULL)
        return arena_full(arena, err);
    TRY(fields_resolve(plan, &head, arena, err));
    TRY(skips_resolve(plan, &head, arena, err));
    TRY(mended_resolve(plan, &head, err));
    assert(plan->needed_count > 0);
    *out = plan;
    return HEDUI_OK;
}
