/* SPDX-License-Identifier: Apache-2.0 */
/* open.c: the names that did not agree, as the departments wrote them, for the handler of the case.
 */
#include <inttypes.h>

#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/run/opening.h"

#include "engine/base/ban.h"

enum { CASE, REASON, WAIT };

static void
opening_text(struct buf *out, const struct opening *opening, bool is_english)
{
    for (uint32_t i = 0; i < opening->count; i++) {
        const struct opened_row *row = &opening->rows[i];
        const struct kind *kind = row->kind;
        bool has_en = is_english && kind->en.len > 0;

        buf_text(out, row->row);
        buf_str(out, is_english ? " (" : "（");
        buf_text(out, has_en ? kind->en : kind->zh);
        buf_printf(out,
                   is_english ? ", source " TEXT_FMT ", '" TEXT_FMT "' row %" PRIu64 ")\n"
                              : "，来源 " TEXT_FMT "，'" TEXT_FMT "' 第 %" PRIu64 " 行）\n",
                   TEXT_ARG(row->source), TEXT_ARG(row->file), row->line);
        for (uint32_t c = 0; c < row->cell_count; c++) {
            const struct field *field = row->cells[c].field;

            buf_str(out, "  ");
            buf_text(out, is_english && field->en.len > 0 ? field->en : field->zh);
            buf_str(out, is_english ? ": " : "：");
            buf_text(out, row->cells[c].text);
            buf_byte(out, '\n');
        }
    }
    buf_str(out, is_english ? "this look is on record in openings.jsonl\n"
                            : "本次查看已记入 openings.jsonl\n");
}

static void
opening_json(struct buf *out, const struct opening *opening, struct text case_no)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, case_no);
    json_key(&json, "rows");
    json_array(&json);
    for (uint32_t i = 0; i < opening->count; i++) {
        const struct opened_row *row = &opening->rows[i];

        json_object(&json);
        json_key(&json, "row");
        json_text(&json, row->row);
        json_key(&json, "source");
        json_text(&json, row->source);
        json_digest(&json, "delivery", &row->delivery);
        json_key(&json, "file");
        json_text(&json, row->file);
        json_key(&json, "line");
        json_uint(&json, row->line);
        json_key(&json, "originals");
        json_object(&json);
        for (uint32_t c = 0; c < row->cell_count; c++) {
            json_key_text(&json, row->cells[c].field->name);
            json_text(&json, row->cells[c].text);
        }
        json_end_object(&json);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
}

static hedui_status
open_case(struct session *session, const struct call *call)
{
    const char *lang = call->common[OPT_LANG];
    struct opening_order order = {.case_no = text_of(call->values[CASE]),
                                  .reason = text_of(call->values[REASON])};
    struct opening opening;
    struct past_run past;
    struct call with = *call;
    int64_t wait = 60;

    TRY(value_count("--wait", call->values[WAIT], 0, 86400, &wait, &session->err));
    order.wait_ms = wait * 1000;
    if (order.case_no.len == 0)
        return err_set(&session->err, HEDUI_E_USAGE,
                       "请用 --case 写明核对编号\nname the case with --case");
    TRY(past_run_read(&past, call->operands[0], &session->arena, &session->err));
    with.common[OPT_MODEL] = call->common[OPT_MODEL] != NULL ? call->common[OPT_MODEL] : past.model;
    with.common[OPT_DATA] = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : past.data;
    TRY(session_world(session, &with, true, past.snapshot, true));
    TRY(opening_make(&opening, &past, &order, session->world, &session->arena, &session->err));
    if (call->common[OPT_JSON] != NULL)
        opening_json(&session->out, &opening, order.case_no);
    else
        opening_text(&session->out, &opening, lang != NULL && text_is(text_of(lang), "en"));
    return HEDUI_OK;
}

static int
open_run(const struct call *call)
{
    struct session session;

    session_begin(&session);
    return session_end(&session, open_case(&session, call), 0);
}

const struct verb verb_open = {
    .name = "open",
    .operands = "DIR",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "为经办人打开一案中姓名不符记录的原文，并留下记录",
    .en = "originals of the rows of one case that carry another name, on record",
    .has_json = true,
    .options =
        {
                  [CASE] = {"case", "NO", "核对编号", "number of the case"},
                  [REASON] = {"reason", "TEXT", "查看理由（必填，写入记录，不写证件号码）",
                        "why (needed; stands on record; no identity number)"},
                  [WAIT] = {"wait", "SECONDS", "等待正在写的进程（默认 60）",
                      "wait for whoever is writing (60)"},
                  },
    .run = open_run,
};
