/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include "engine/model/application.h"
#include "engine/model/value.h"

static struct arena arena;
static struct model *model;
static struct err err;

struct applicant { /* one row as a table of beliefs writes it; NULL: blank, "?": not readable */
    const char *case_no, *id, *name;
    const char *relation, *role;
    const char *purpose, *checked_on, *joined, *left, *no_number, *supports;
    uint32_t file;
    uint64_t line;
};

#define HEAD "329901196503050217"  /* born 1965-03-05 */
#define WIFE "329901196807120026"  /* born 1968-07-12 */
#define CHILD "329901200002290019" /* born 2000-02-29 */

static int
setup(void **state)
{
    struct messages messages;

    (void)state;
    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    return model_load(&model, "rules/model.yaml", &messages, &arena, &err) == HEDUI_OK ? 0 : -1;
}

static int
teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void
cell_set(struct batch_column *column, const struct field *field, const char *cell)
{
    int32_t days;

    column->state[0] = CELL_NONE;
    if (cell == NULL)
        return;
    column->state[0] = CELL_VALUE;
    if (field->type == FIELD_IDENTITY) {
        if (identity_parse(text_of(cell), &column->identity[0]) != CELL_OK)
            column->state[0] = CELL_UNKNOWN;
    } else if (field->type == FIELD_DATE) {
        T_EQ(date_parse(text_of(cell), &days), CELL_OK);
        column->number[0] = days;
    } else if (field->type == FIELD_CODE) {
        column->number[0] = code_find(field->codes, text_of(cell));
        T_TRUE(column->number[0] >= 0);
    } else if (field->type == FIELD_BOOL) {
        column->number[0] = text_is(text_of(cell), "yes");
    } else {
        column->text[0] = text_of(cell);
    }
}

static void
row_send(struct application_reader *reader, const struct applicant *row)
{
    const struct kind *kind = model->applicant;
    const struct {
        const char *field, *cell;
    } cells[] = {
        {"case_no",      row->case_no                            },
        {"programme",    "dibao"                                 },
        {"division",     "320581"                                },
        {"applied_on",   "2025-01-10"                            },
        {"checked_on",   row->checked_on                         },
        {"purpose",      row->purpose                            },
        {"id_no",        row->id                                 },
        {"name",         row->name                               },
        {"relation",     row->relation                           },
        {"role",         row->role == NULL ? "member" : row->role},
        {"member_from",  row->joined                             },
        {"member_until", row->left                               },
        {"no_number",    row->no_number                          },
        {"supports",     row->supports                           },
    };
    struct batch batch = {.kind = kind, .rows = 1, .file = row->file};
    uint64_t line = row->line;

    batch.line = &line;
    batch.columns = arena_alloc(&arena, kind->field_count, sizeof *batch.columns);
    for (uint32_t f = 0; f < kind->field_count; f++) {
        struct batch_column *column = &batch.columns[f];
        const char *cell = NULL;

        column->state = arena_alloc(&arena, 1, 1);
        column->number = arena_alloc(&arena, 1, sizeof *column->number);
        column->text = arena_alloc(&arena, 1, sizeof *column->text);
        column->identity = arena_alloc(&arena, 1, sizeof *column->identity);
        for (size_t i = 0; i < LEN(cells); i++)
            if (text_is(kind->fields[f].name, cells[i].field))
                cell = cells[i].cell;
        cell_set(column, &kind->fields[f], cell);
    }
    T_OK(application_reader_rows(reader, 0, &batch, &err), &err);
}

static struct application_reader *
reader_open(const struct application_defaults *defaults)
{
    static const struct application_defaults none;
    struct application_reader *reader = NULL;

    T_OK(application_reader_open(&reader, model, defaults == NULL ? &none : defaults, 1, &arena,
                                 &err),
         &err);
    return reader;
}

static struct application_set
group(const struct applicant *rows, size_t count)
{
    struct application_reader *reader = reader_open(NULL);
    struct application_set set;

    for (size_t i = 0; i < count; i++)
        row_send(reader, &rows[i]);
    T_OK(application_reader_finish(reader, &set, &err), &err);
    return set;
}

TEST(a_case_is_held_back_whole)
{
    static const struct {
        const char *belief, *code; /* NULL: not held */
        const char *field;         /* of the reason */
        uint64_t line;
        struct applicant rows[2];
    } cases[] = {
        {"a plain couple goes on",
         NULL,            NULL,
         0, {{"H1", HEAD, "张三", "self", .line = 2}, {"H1", WIFE, "李四", "spouse", .line = 3}}           },
        {"a case column differs",
         "CASE-DIFFERS",  "purpose",
         3, {{"H1", HEAD, "张三", "self", .purpose = "甲", .line = 2},
          {"H1", WIFE, "李四", "spouse", .purpose = "乙", .line = 3}}                            },
        {"blank differs from a value",
         "CASE-DIFFERS",  "purpose",
         3, {{"H1", HEAD, "张三", "self", .purpose = "甲", .line = 2},
          {"H1", WIFE, "李四", "spouse", .line = 3}}                                              },
        {"a check day that is the day of application does not differ from a blank",
         NULL,            NULL,
         0, {{"H1", HEAD, "张三", "self", .checked_on = "2025-01-10", .line = 2},
          {"H1", WIFE, "李四", "spouse", .line = 3}}                                              },
        {"one person twice",
         "CASE-TWICE",    "id_no",
         3, {{"H1", HEAD, "张三", "self", .line = 2}, {"H1", HEAD, "张三", "spouse", .line = 3}}           },
        {"one person twice, once with 15 digits",
         "CASE-TWICE",    "id_no",
         3, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", "329901650305021", "张三", "spouse", .line = 3}}                                 },
        {"two unreadable numbers are two persons",
         NULL,            NULL,
         0, {{"H1", "329901196503050210", "张三", "self", .line = 2},
          {"H1", "329901196503050210", "张三", "spouse", .line = 3}}                              },
        {"a supporter stays",
         NULL,            NULL,
         0, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", WIFE, "李四", "child", "supporter", .line = 3}}                                  },
        {"and names one of the family",
         NULL,            NULL,
         0, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", WIFE, "李四", "child", "supporter", .supports = HEAD, .line = 3}}                },
        {"not himself",
         "CASE-SUPPORTS", "supports",
         3, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", WIFE, "李四", "child", "supporter", .supports = WIFE, .line = 3}}                },
        {"nor somebody else",
         "CASE-SUPPORTS", "supports",
         3, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", WIFE, "李四", "child", "supporter", .supports = CHILD, .line = 3}}               },
        {"excluded ones stay",
         NULL,            NULL,
         0, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", WIFE, "李四", "child", "excluded", .line = 3}}                                   },
        {"a blank number needs no_number",
         "CASE-NUMBER",   "id_no",
         3, {{"H1", HEAD, "张三", "self", .line = 2}, {"H1", NULL, "张小", "child", .line = 3}}            },
        {"no_number: no is not enough",
         "CASE-NUMBER",   "id_no",
         3, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", NULL, "张小", "child", .no_number = "no", .line = 3}}                            },
        {"a newborn has no number",
         NULL,            NULL,
         0, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", NULL, "张小", "child", .no_number = "yes", .line = 3}}                           },
        {"left before joining",
         "CASE-DATES",    "member_until",
         3, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", WIFE, "李四", "spouse", .joined = "2025-01-02", .left = "2025-01-01", .line = 3}}},
        {"left on the day of joining",
         NULL,            NULL,
         0, {{"H1", HEAD, "张三", "self", .line = 2},
          {"H1", WIFE, "李四", "spouse", .joined = "2025-01-02", .left = "2025-01-02", .line = 3}}},
    };

    for (size_t i = 0; i < LEN(cases); i++) {
        struct application_set set = group(cases[i].rows, 2);

        T_ROW(cases[i].belief);
        T_EQ(set.count, cases[i].code == NULL);
        T_EQ(set.held_count, cases[i].code != NULL);
        if (cases[i].code == NULL) {
            T_EQ(set.items[0].member_count, 2);
            continue;
        }
        T_TEXT(set.held[0].case_no, TEXT("H1"));
        T_EQ(set.held[0].reason_count, 1);
        T_STR(set.held[0].reasons[0].code, cases[i].code);
        T_EQ(set.held[0].reasons[0].line, cases[i].line);
        T_EQ(set.held[0].reasons[0].field, kind_field(model->applicant, text_of(cases[i].field)));
    }
}

TEST(a_refused_row_holds_its_case)
{
    static const struct refusal_reason reasons[] = {
        {CELL_CODE, 3,  {"戌", 3}},
        {CELL_DAY,  10, {"", 0}   }
    };
    static const struct applicant good[] = {
        {"H1", HEAD, "张三", "self", .line = 2},
        {"H2", WIFE, "李四", "self", .line = 3},
    };
    struct refusal refusal = {.line = 4, .reason_count = 2, .reasons = reasons};
    struct application_reader *reader = reader_open(NULL);
    struct application_set set;

    row_send(reader, &good[0]);
    refusal.case_no = TEXT("H1");
    T_OK(application_reader_refused(reader, 0, &refusal, &err), &err);
    refusal.line = 5;
    refusal.case_no = TEXT(" "); /* two rows of unknown cases are two entries */
    T_OK(application_reader_refused(reader, 0, &refusal, &err), &err);
    refusal.line = 6;
    T_OK(application_reader_refused(reader, 0, &refusal, &err), &err);
    row_send(reader, &good[1]);
    T_OK(application_reader_finish(reader, &set, &err), &err);
    T_ROW("the other case goes on");
    T_EQ(set.count, 1);
    T_TEXT(set.items[0].case_no, TEXT("H2"));
    T_ROW("nameless rows first, then by case number");
    T_EQ(set.held_count, 3);
    T_EQ(set.held[0].case_no.len, 0);
    T_EQ(set.held[0].reasons[0].line, 5);
    T_STR(set.held[0].reasons[0].code, "CASE-NO");
    T_EQ(set.held[1].reasons[0].line, 6);
    T_TEXT(set.held[2].case_no, TEXT("H1"));
    T_ROW("with all reasons of the row");
    T_EQ(set.held[2].reason_count, 2);
    T_STR(set.held[2].reasons[0].code, "R-CODE");
    T_EQ(set.held[2].reasons[0].field, 3);
    T_TEXT(set.held[2].reasons[0].word, TEXT("戌"));
    T_EQ(set.held[2].reasons[1].word.len, 0);
    T_STR(set.held[2].reasons[1].code, "R-DAY");
    T_EQ(set.held[2].reasons[1].line, 4);
}

TEST(past_the_limit_a_case_is_held)
{
    for (uint32_t extra = 0; extra < 2; extra++) {
        struct application_reader *reader = reader_open(NULL);
        struct application_set set;

        for (uint32_t i = 0; i < model->applicant->limit + extra; i++) {
            struct applicant row = {"H1", "bad", "张三", "child", .line = i + 2};
            row_send(reader, &row);
        }
        T_OK(application_reader_finish(reader, &set, &err), &err);
        T_ROW("at the limit, and one past it");
        T_EQ(set.held_count, extra);
        if (extra == 0)
            T_STR(set.items[0].members[26].key, "AA");
        else
            T_STR(set.held[0].reasons[0].code, "CASE-LIMIT");
    }
}

static const char *
member_name(const struct application *application, uint32_t member)
{
    int32_t name = kind_field(model->applicant, TEXT("name"));
    return application->members[member].cells[name].text.at;
}

TEST(order_of_arrival_changes_nothing)
{
    static const struct applicant rows[] = {
        {"H1", CHILD,                "戊", "child",  .line = 0         },
        {"H1", NULL,                 "丁", "child",  .no_number = "yes"},
        {"H1", WIFE,                 "乙", "self",   .line = 0         },
        {"H1", "329901196503050210", "丙", "other",  .line = 0         },
        {"H1", HEAD,                 "甲", "spouse", .line = 0         },
    };
    /* the applicant; by birth; then those without a readable number by name: 丁 U+4E01, 丙 U+4E19
     */
    static const char *const names[] = {"乙", "甲", "戊", "丁", "丙"};
    static const enum number_state numbers[] = {NUMBER_VALID, NUMBER_VALID, NUMBER_VALID,
                                                NUMBER_NONE, NUMBER_INVALID};

    for (uint32_t shuffle = 0; shuffle < 120; shuffle++) {
        struct applicant mixed[LEN(rows)];
        struct application_set set;
        uint32_t seed = shuffle;

        memcpy(mixed, rows, sizeof rows);
        for (uint32_t i = LEN(rows) - 1; i > 0; seed /= i + 1, i--) { /* all 120 orders */
            struct applicant swap = mixed[i];
            mixed[i] = mixed[seed % (i + 1)];
            mixed[seed % (i + 1)] = swap;
        }
        for (uint32_t i = 0; i < LEN(rows); i++)
            mixed[i].line = i + 2;
        set = group(mixed, LEN(rows));
        T_ROW("one case, members in the order of the contract");
        T_EQ(set.count, 1);
        for (uint32_t i = 0; i < LEN(rows); i++) {
            T_STR(member_name(&set.items[0], i), names[i]);
            T_EQ(set.items[0].members[i].number, numbers[i]);
            T_EQ(set.items[0].members[i].key[0], 'A' + (int)i);
        }
    }
}

TEST(nobody_is_first_unless_exactly_one_is_self)
{
    static const struct applicant two[] = {
        {"H1", CHILD, "戊", "self",   .line = 2},
        {"H1", WIFE,  "乙", "self",   .line = 3},
        {"H1", HEAD,  "甲", "spouse", .line = 4}
    };
    struct application_set set = group(two, LEN(two));

    T_ROW("two selves: by birth alone");
    T_STR(member_name(&set.items[0], 0), "甲");
    T_STR(member_name(&set.items[0], 2), "戊");
}

TEST(defaults_fill_blanks_only)
{
    const struct application_defaults defaults = {
        .has_checked_on = true, .checked_on = date_of(2025, 3, 1), .purpose = TEXT("低保审核")};
    static const struct applicant rows[] = {
        {"H1",      HEAD,   "张三",            "self",                     .line = 2},
        { "H2", WIFE, "李四", "self", .purpose = "复核", .checked_on = "2025-02-01", .line = 3},
    };
    struct application_reader *reader = reader_open(&defaults);
    int32_t purpose = kind_field(model->applicant, TEXT("purpose"));
    struct application_set set;

    row_send(reader, &rows[0]);
    row_send(reader, &rows[1]);
    T_OK(application_reader_finish(reader, &set, &err), &err);
    T_ROW("the batch's value where the row has none");
    T_EQ(set.items[0].checked_on, date_of(2025, 3, 1));
    T_TEXT(set.items[0].members[0].cells[purpose].text, TEXT("低保审核"));
    T_ROW("the row's own value wins");
    T_EQ(set.items[1].checked_on, date_of(2025, 2, 1));
    T_TEXT(set.items[1].members[0].cells[purpose].text, TEXT("复核"));
    T_ROW("without either, the day of application");
    set = group(rows, 1);
    T_EQ(set.items[0].checked_on, date_of(2025, 1, 10));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_case_is_held_back_whole),
        T(a_refused_row_holds_its_case),
        T(past_the_limit_a_case_is_held),
        T(order_of_arrival_changes_nothing),
        T(nobody_is_first_unless_exactly_one_is_self),
        T(defaults_fill_blanks_only),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
