/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/held.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/sheet.h"
#include "engine/match/person.h"
#include "engine/run/outfile.h"

#include "engine/base/ban.h"

static int
held_compare(const void *a, const void *b)
{
    const struct held_case *x = a, *y = b;
    int order = text_cmp(x->case_no, y->case_no);
    uint64_t left = x->reason_count > 0 ? x->reasons[0].line : 0;
    uint64_t right = y->reason_count > 0 ? y->reasons[0].line : 0;

    if (order != 0)
        return order;
    return left < right ? -1 : left > right;
}

static bool
has_member(const struct person_fields *fields, const struct application *application)
{
    for (uint32_t m = 0; m < application->member_count; m++)
        if (person_role(fields, application->members[m].cells, application->checked_on) ==
            PERSON_MEMBER)
            return true;
    return false;
}

hedui_status
held_move(struct application_set *set, const struct model *model, const bool *is_served,
          const char *code, struct arena *arena, struct err *err)
{
    struct held_case *held = arena_alloc(arena, (size_t)set->held_count + set->count, sizeof *held);
    struct person_fields fields;
    uint32_t kept = 0;

    if (held == NULL)
        return arena_full(arena, err);
    person_fields_find(&fields, model->applicant);
    if (set->held_count > 0)
        memcpy(held, set->held, set->held_count * sizeof *held);
    for (uint32_t i = 0; i < set->count; i++) {
        struct held_reason *reason;

        if (is_served[i] && has_member(&fields, &set->items[i])) {
            set->items[kept++] = set->items[i];
            continue;
        }
        reason = arena_alloc(arena, 1, sizeof *reason);
        if (reason == NULL)
            return arena_full(arena, err);
        *reason = (struct held_reason){.file = set->items[i].members[0].file,
                                       .line = 0,
                                       .field = kind_field(model->applicant, TEXT("programme"))};
        snprintf(reason->code, sizeof reason->code, "%s", is_served[i] ? "CASE-EMPTY" : code);
        held[set->held_count++] = (struct held_case){set->items[i].case_no, 1, reason};
    }
    set->count = kept;
    set->held = held;
    qsort(held, set->held_count, sizeof *held, held_compare);
    return HEDUI_OK;
}

hedui_status
held_programmes(struct application_set *set, const struct model *model, const struct pack *pack,
                struct arena *arena, struct err *err)
{
    int32_t field = kind_field(model->applicant, TEXT("programme")), code;
    bool *is_served = arena_alloc(arena, set->count, sizeof *is_served);

    assert(field >= 0);
    if (is_served == NULL)
        return arena_full(arena, err);
    code = code_find(model->applicant->fields[field].codes, pack_programme(pack));
    for (uint32_t i = 0; i < set->count; i++) {
        const struct applicant_cell *cell = &set->items[i].members[0].cells[field];

        is_served[i] = cell->state == CELL_VALUE && cell->number == code;
    }
    return held_move(set, model, is_served, "CASE-PROGRAMME", arena, err);
}

static const struct {
    const char *code, *zh, *en;
} case_words[] = {
    {"CASE-DIFFERS",   "同一核对编号的各行在此列上不一致",                            "rows of one case differ in this column"},
    {"CASE-TWICE",     "同一人在本案中出现两次",                                           "one person stands twice in the case"   },
    {"CASE-SUPPORTS",  "义务人所赡养抚养扶养的人不是本案成员",
     "the supporter names nobody of this case"                                                                                                },
    {"CASE-PROGRAMME", "规则包不适用于该救助项目",                                        "the pack does not serve this programme"},
    {"CASE-PACK",      "规则包目录表里没有适用于该项目、区划和日期的规则包",
     "no pack serves this programme, division and day"                                                                                        },
    {"CASE-NUMBER",    "证件号码空白只限新生儿未落户",                                  "a blank number needs no_number"        },
    {"CASE-WHEN",      "核对基准日早于申请日期，或晚于它 24 个月以上",
     "checked before the application, or over 24 months after it"                                                                             },
    {"CASE-DATES",     "离开日期早于加入日期",                                              "left before joining"                   },
    {"CASE-LIMIT",     "成员人数超过上限",                                                    "more members than a case may have"     },
    {"CASE-NO",        "核对编号无法读取",                                                    "the case number is not readable"       },
    {"CASE-EMPTY",     "没有可核对的成员",                                                    "no member is left to verify"           },
};

static void
words_find(const char *code, const char **zh, const char **en)
{
    *zh = "整案退回，见其他原因";
    *en = "the whole case goes back, see the other reasons";
    for (size_t i = 0; i < LEN(case_words); i++)
        if (strcmp(code, case_words[i].code) == 0) {
            *zh = case_words[i].zh;
            *en = case_words[i].en;
            return;
        }
    for (int r = 0; r < CELL_RESULTS; r++)
        if (strcmp(code, cell_result_code((enum cell_result)r)) == 0) {
            *zh = cell_result_zh((enum cell_result)r);
            *en = cell_result_en((enum cell_result)r);
        }
}

hedui_status
held_write(const struct application_set *set, const struct model *model, const char *dir,
           struct digest *digest, struct err *err)
{
    struct outfile file;
    struct sheet sheet;
    struct buf out, line;
    uint64_t refusals = mem_refusals();
    hedui_status rc = HEDUI_OK;

    TRY(outfile_open(&file, dir, "refused.csv", err));
    buf_init(&out, true);
    buf_init(&line, true);
    sheet_begin(&sheet, &out);
    sheet_head(&sheet, "核对编号,代码,列,行号,原因,reason,所写");
    for (uint32_t i = 0; i < set->held_count; i++)
        for (uint32_t r = 0; r < set->held[i].reason_count; r++) {
            const struct held_reason *reason = &set->held[i].reasons[r];
            const char *zh, *en;

            words_find(reason->code, &zh, &en);
            buf_reset(&line);
            if (reason->line > 0)
                buf_uint(&line, reason->line);
            sheet_put(&sheet, set->held[i].case_no);
            sheet_put(&sheet, text_of(reason->code));
            sheet_put(&sheet, reason->field < 0 ? text_of("")
                                                : model->applicant->fields[reason->field].name);
            sheet_put(&sheet, buf_part(&out, &line));
            sheet_put(&sheet, text_of(zh));
            sheet_put(&sheet, text_of(en));
            sheet_put(&sheet, reason->word);
            sheet_line(&sheet);
        }
    FAIL(mem_check(refusals, err));
    FAIL(outfile_write(&file, &out, err));
    FAIL(outfile_publish(&file, digest, err));
done:
    outfile_close(&file);
    buf_release(&line);
    buf_release(&out);
    return rc;
}

hedui_status
held_rows(const struct overview_refused **out, uint32_t *count, const struct application_set *set,
          const struct model *model, struct arena *arena, struct err *err)
{
    struct overview_refused *rows;
    uint32_t room = 0, n = 0;

    for (uint32_t i = 0; i < set->held_count; i++)
        room += set->held[i].reason_count;
    rows = arena_alloc(arena, room, sizeof *rows);
    if (rows == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < set->held_count; i++)
        for (uint32_t r = 0; r < set->held[i].reason_count; r++) {
            const struct held_reason *reason = &set->held[i].reasons[r];
            const char *zh, *en;

            words_find(reason->code, &zh, &en);
            rows[n++] = (struct overview_refused){
                .case_no = set->held[i].case_no,
                .why = text_of(zh),
                .field =
                    reason->field < 0 ? text_of("") : model->applicant->fields[reason->field].zh,
                .line = reason->line,
            };
        }
    *out = rows;
    *count = n;
    return HEDUI_OK;
}
