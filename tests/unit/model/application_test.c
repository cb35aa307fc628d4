/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include "engine/model/application.h"
#include "engine/model/value.h"

static struct arena arena;
static struct model *model;

/* One row as feed would hand it over; NULL: a blank cell. */
struct spec {
    const char *case_no, *id, *name, *relation, *role, *division;
    int32_t applied_on;
    bool is_newborn, is_unreadable;
};

static void
model_open(void)
{
    struct messages messages;
    struct err err = {0};

    arena_init(&arena, "test", 0, true);
    messages_init(&messages, &arena);
    T_OK(model_load(&model, "rules/model.yaml", &messages, &arena, &err), &err);
}

static int32_t
field(const char *name)
{
    int32_t f = kind_field(model->applicant, text_of(name));
    T_TRUE(f >= 0);
    return f;
}

static void
text_set(struct batch_column *columns, const char *name, const char *value)
{
    columns[field(name)].state[0] = value == NULL ? CELL_NONE : CELL_VALUE;
    columns[field(name)].text[0] = text_of(value);
}

static void
code_set(struct batch_column *columns, const char *name, const char *value)
{
    const struct field *f = &model->applicant->fields[field(name)];

    columns[field(name)].state[0] = CELL_VALUE;
    columns[field(name)].number[0] = code_find(f->codes, text_of(value));
}

static void
row_give(struct application_reader *reader, const struct spec *spec, uint64_t line)
{
    const struct kind *kind = model->applicant;
    struct batch_column columns[FIELDS_MAX] = {{0}};
    struct batch batch = {.kind = kind, .rows = 1, .line = &line, .columns = columns};
    struct err err = {0};

    for (uint32_t f = 0; f < kind->field_count; f++) {
        columns[f].state = arena_alloc(&arena, 1, 1);
        columns[f].number = arena_alloc(&arena, 1, sizeof(int64_t));
        columns[f].text = arena_alloc(&arena, 1, sizeof(struct text));
        columns[f].identity = arena_alloc(&arena, 1, sizeof(struct identity));
        columns[f].state[0] = CELL_NONE;
    }
    text_set(columns, "case_no", spec->case_no);
    text_set(columns, "division", spec->division == NULL ? "320581" : spec->division);
    text_set(columns, "name", spec->name);
    code_set(columns, "programme", "dibao");
    code_set(columns, "relation", spec->relation);
    code_set(columns, "role", spec->role == NULL ? "member" : spec->role);
    columns[field("applied_on")].state[0] = CELL_VALUE;
    columns[field("applied_on")].number[0] = spec->applied_on;
    if (spec->is_newborn) {
        columns[field("no_number")].state[0] = CELL_VALUE;
        columns[field("no_number")].number[0] = 1;
    }
    if (spec->is_unreadable) {
        columns[kind->owner].state[0] = CELL_UNKNOWN;
    } else if (spec->id != NULL) {
        columns[kind->owner].state[0] = CELL_VALUE;
        T_EQ(identity_parse(text_of(spec->id), &columns[kind->owner].identity[0]), CELL_OK);
    }
    T_OK(application_reader_rows(reader, &batch, &err), &err);
}

static struct application_set
group(const struct spec *specs, size_t count, bool is_backwards)
{
    const struct application_defaults defaults = {0};
    struct application_reader *reader;
    struct application_set set;
    struct err err = {0};

    T_OK(application_reader_open(&reader, model, &defaults, &arena, &err), &err);
    for (size_t i = 0; i < count; i++) {
        size_t at = is_backwards ? count - 1 - i : i;
        row_give(reader, &specs[at], is_backwards ? i + 2 : at + 2);
    }
    T_OK(application_reader_finish(reader, &set, &err), &err);
    return set;
}

#define MAN "329901196503050217"
#define OTHER "11010519491231002X"

TEST(members_get_their_keys_whatever_the_order)
{
    static const struct spec specs[] = {
        {.case_no = "H1", .id = OTHER, .name = "甲", .relation = "parent"},
        {.case_no = "H1", .name = "丙", .relation = "child", .is_newborn = true},
        {.case_no = "H1", .id = MAN, .name = "乙", .relation = "self"},
        {.case_no = "H1", .name = "丁", .relation = "child", .is_unreadable = true},
    };

    model_open();
    for (int backwards = 0; backwards < 2; backwards++) {
        struct application_set set = group(specs, LEN(specs), backwards == 1);

        T_ROW(backwards ? "rows arrive backwards" : "rows arrive forwards");
        T_EQ(set.count, 1);
        T_EQ(set.held_count, 0);
        T_EQ(set.items[0].member_count, 4);
        T_STR(set.items[0].members[0].key, "A");
        T_TEXT(set.items[0].members[0].cells[field("name")].text, TEXT("乙"));
        T_TEXT(set.items[0].members[1].cells[field("name")].text, TEXT("甲"));
        T_EQ(set.items[0].members[1].number, NUMBER_VALID);
        T_TEXT(set.items[0].members[2].cells[field("name")].text, TEXT("丁"));
        T_EQ(set.items[0].members[2].number, NUMBER_INVALID);
        T_EQ(set.items[0].members[3].number, NUMBER_NONE);
        T_STR(set.items[0].members[3].key, "D");
        T_EQ(set.items[0].checked_on, 0);
    }
    arena_release(&arena);
}

TEST(a_case_goes_back_whole)
{
    static const struct {
        const char *belief, *code;
        struct spec rows[2];
    } cases[] = {
        {"one person twice", "CASE-TWICE",
         {{.case_no = "H1", .id = MAN, .name = "甲", .relation = "self"},
          {.case_no = "H1", .id = MAN, .name = "甲", .relation = "spouse"}}},
        {"rows that differ in a case column", "CASE-DIFFERS",
         {{.case_no = "H1", .id = MAN, .name = "甲", .relation = "self"},
          {.case_no = "H1", .id = OTHER, .name = "乙", .relation = "spouse", .division = "320582"}}},
        {"a supporter, until supporters are built", "CASE-SUPPORTER",
         {{.case_no = "H1", .id = MAN, .name = "甲", .relation = "self"},
          {.case_no = "H1", .id = OTHER, .name = "乙", .relation = "parent", .role = "supporter"}}},
        {"a blank number that no birth explains", "CASE-NUMBER",
         {{.case_no = "H1", .id = MAN, .name = "甲", .relation = "self"},
          {.case_no = "H1", .name = "乙", .relation = "spouse"}}},
    };

    model_open();
    for (size_t i = 0; i < LEN(cases); i++) {
        struct application_set set = group(cases[i].rows, 2, false);

        T_ROW(cases[i].belief);
        T_EQ(set.count, 0);
        T_EQ(set.held_count, 1);
        T_TRUE(set.held[0].reason_count > 0);
        T_STR(set.held[0].reasons[0].code, cases[i].code);
    }
    arena_release(&arena);
}

TEST(a_refused_row_holds_its_case_and_no_other)
{
    static const struct spec specs[] = {
        {.case_no = "H1", .id = MAN, .name = "甲", .relation = "self"},
        {.case_no = "H2", .id = OTHER, .name = "乙", .relation = "self"},
    };
    const struct refusal_reason reason = {CELL_CODE, 0};
    const struct refusal refusal = {
        .line = 9, .reason_count = 1, .reasons = &reason, .case_no = {"H1", 2}};
    const struct application_defaults defaults = {0};
    struct application_reader *reader;
    struct application_set set;
    struct err err = {0};

    model_open();
    T_OK(application_reader_open(&reader, model, &defaults, &arena, &err), &err);
    row_give(reader, &specs[0], 2);
    row_give(reader, &specs[1], 3);
    T_OK(application_reader_refused(reader, &refusal, &err), &err);
    T_OK(application_reader_finish(reader, &set, &err), &err);
    T_EQ(set.count, 1);
    T_TEXT(set.items[0].case_no, TEXT("H2"));
    T_EQ(set.held_count, 1);
    T_STR(set.held[0].reasons[0].code, "R-CODE");
    T_EQ(set.held[0].reasons[0].line, 9);
    arena_release(&arena);
}

T_MAIN(T(members_get_their_keys_whatever_the_order), T(a_case_goes_back_whole),
       T(a_refused_row_holds_its_case_and_no_other))
