/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "engine/base/json.h"
#include "engine/cli/rules_diff.h"

#include "engine/base/ban.h"

#define OUTCOMES 4

static const struct {
    const char *section, *zh;
} sections[] = {
    {"param",    "参数"      },
    {"fact",     "事实"      },
    {"rule",     "规则"      },
    {"reason",   "理由"      },
    {"evidence", "来源"      },
    {"declared", "申报项"   },
    {"missing",  "补充材料"},
    {"uses",     "词汇表"   },
    {"pack",     "规则包"   },
};

static const char *
section_zh(const char *section)
{
    for (size_t i = 0; i < LEN(sections); i++)
        if (strcmp(sections[i].section, section) == 0)
            return sections[i].zh;
    return "";
}

static void
lines_text(struct buf *out, const char *mark, struct text lines)
{
    size_t at = 0;

    while (at < lines.len) {
        size_t end = at;

        while (end < lines.len && lines.at[end] != '\n')
            end++;
        buf_printf(out, "    %s " TEXT_FMT "\n", mark, (int)(end - at), lines.at + at);
        at = end + 1;
    }
}

static void
changes_text(struct buf *out, const struct changes *changes, const struct moves *moves,
             bool has_cases)
{
    static const char *const kinds[] = {"新增 added", "删除 removed", "改动 altered"};

    buf_printf(out, "含义差别 difference in meaning: %u\n", changes->count);
    for (uint32_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];

        buf_printf(out, "  %s %s " TEXT_FMT, section_zh(change->section), change->section,
                   TEXT_ARG(change->name));
        if (change->zh.len > 0)
            buf_printf(out, "（" TEXT_FMT "）", TEXT_ARG(change->zh));
        buf_printf(out, " %s", kinds[change->kind]);
        if (has_cases && i < CHANGE_MASK_MAX)
            buf_printf(out, "，涉及 %" PRIu64 " 案 cases", moves->by_change[i]);
        buf_byte(out, '\n');
        if (change->kind == CHANGE_ALTERED) {
            lines_text(out, "-", change->old);
            lines_text(out, "+", change->new);
        }
    }
}

static void
matrix_text(struct buf *out, const struct moves *moves)
{
    buf_str(out, "结论 outcome（行：旧 old，列：新 new）\n            ");
    for (uint32_t n = 0; n < OUTCOMES; n++)
        buf_printf(out, " %11s", outcome_name((enum outcome)n));
    buf_byte(out, '\n');
    for (uint32_t o = 0; o < OUTCOMES; o++) {
        buf_printf(out, "  %-10s", outcome_name((enum outcome)o));
        for (uint32_t n = 0; n < OUTCOMES; n++)
            buf_printf(out, " %11" PRIu64, moves->matrix[o][n]);
        buf_byte(out, '\n');
    }
    for (uint32_t o = 0; o < OUTCOMES; o++)
        for (uint32_t n = 0; n < OUTCOMES; n++) {
            const struct text *samples = moves->samples[o][n];

            if (samples[0].at == NULL)
                continue;
            buf_printf(out, "  %s → %s 例 e.g.", outcome_zh((enum outcome)o),
                       outcome_zh((enum outcome)n));
            for (uint32_t s = 0; s < MOVES_SAMPLES && samples[s].at != NULL; s++)
                buf_printf(out, " " TEXT_FMT, TEXT_ARG(samples[s]));
            buf_byte(out, '\n');
        }
}

static void
names_text(struct buf *out, const char *title, const struct moves_name *names, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (names[i].gained + names[i].lost + names[i].altered > 0)
            buf_printf(out,
                       "  %s " TEXT_FMT "：新增 gained %" PRIu64 "，消失 lost %" PRIu64
                       "，变级 altered %" PRIu64 "\n",
                       title, TEXT_ARG(names[i].name), names[i].gained, names[i].lost,
                       names[i].altered);
}

static void
yuan(struct buf *out, int64_t fen)
{
    value_print(out, (struct value){.integer = fen},
                &(const struct type){.kind = TYPE_MONEY, .per = PERIOD_ONCE});
}

static void
figures_text(struct buf *out, const struct moves *moves)
{
    for (uint32_t i = 0; i < moves->figure_count; i++) {
        const struct moves_figure *figure = &moves->figures[i];

        if (figure->changed == 0)
            continue;
        buf_printf(out, "  数值 figure " TEXT_FMT "（" TEXT_FMT "）：%" PRIu64 " 案有变 cases",
                   TEXT_ARG(figure->name), TEXT_ARG(figure->zh), figure->changed);
        if (figure->is_money) {
            buf_str(out, "，合计 sum ");
            yuan(out, figure->old_sum);
            buf_str(out, " → ");
            yuan(out, figure->new_sum);
            buf_str(out, "，差 difference ");
            yuan(out, figure->new_sum - figure->old_sum);
        }
        buf_byte(out, '\n');
    }
}

static void
divisions_text(struct buf *out, const struct moves *moves)
{
    for (uint32_t i = 0; i < moves->division_count; i++)
        if (moves->divisions[i].moved > 0)
            buf_printf(out,
                       "  行政区划 division " TEXT_FMT "：%" PRIu64 " 案 cases，改判 moved %" PRIu64
                       "，未见不符 met %" PRIu64 " → %" PRIu64 "\n",
                       TEXT_ARG(moves->divisions[i].name), moves->divisions[i].cases,
                       moves->divisions[i].moved, moves->divisions[i].old_met,
                       moves->divisions[i].new_met);
}

void
diff_text(struct buf *out, const struct changes *changes, const struct moves *moves, bool has_cases)
{
    changes_text(out, changes, moves, has_cases);
    if (!has_cases)
        return;
    buf_printf(out,
               "案件 cases %" PRIu64 "，改判 moved %" PRIu64 "，有任何不同 changed %" PRIu64 "\n",
               moves->cases, moves->moved, moves->changed);
    matrix_text(out, moves);
    names_text(out, "规则 rule", moves->rules, moves->rule_count);
    names_text(out, "理由 reason", moves->reasons, moves->reason_count);
    figures_text(out, moves);
    divisions_text(out, moves);
}

static void
changes_json(struct json *json, const struct changes *changes, const struct moves *moves,
             bool has_cases)
{
    json_key(json, "meaning");
    json_array(json);
    for (uint32_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];

        json_object(json);
        json_key(json, "section");
        json_str(json, change->section);
        json_key(json, "name");
        json_text(json, change->name);
        json_key(json, "is");
        json_str(json, change_name(change->kind));
        json_key(json, "old");
        json_text(json, change->old);
        json_key(json, "new");
        json_text(json, change->new);
        if (has_cases && i < CHANGE_MASK_MAX) {
            json_key(json, "cases");
            json_uint(json, moves->by_change[i]);
        }
        json_end_object(json);
    }
    json_end_array(json);
}

static void
matrix_json(struct json *json, const struct moves *moves)
{
    json_key(json, "matrix");
    json_object(json);
    for (uint32_t o = 0; o < OUTCOMES; o++) {
        json_key(json, outcome_name((enum outcome)o));
        json_object(json);
        for (uint32_t n = 0; n < OUTCOMES; n++) {
            json_key(json, outcome_name((enum outcome)n));
            json_uint(json, moves->matrix[o][n]);
        }
        json_end_object(json);
    }
    json_end_object(json);
    json_key(json, "samples");
    json_array(json);
    for (uint32_t o = 0; o < OUTCOMES; o++)
        for (uint32_t n = 0; n < OUTCOMES; n++) {
            if (moves->samples[o][n][0].at == NULL)
                continue;
            json_object(json);
            json_key(json, "old");
            json_str(json, outcome_name((enum outcome)o));
            json_key(json, "new");
            json_str(json, outcome_name((enum outcome)n));
            json_key(json, "cases");
            json_array(json);
            for (uint32_t s = 0; s < MOVES_SAMPLES && moves->samples[o][n][s].at != NULL; s++)
                json_text(json, moves->samples[o][n][s]);
            json_end_array(json);
            json_end_object(json);
        }
    json_end_array(json);
}

static void
names_json(struct json *json, const char *key, const struct moves_name *names, uint32_t count)
{
    json_key(json, key);
    json_object(json);
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].gained + names[i].lost + names[i].altered == 0)
            continue;
        json_key_text(json, names[i].name);
        json_object(json);
        json_key(json, "gained");
        json_uint(json, names[i].gained);
        json_key(json, "lost");
        json_uint(json, names[i].lost);
        json_key(json, "altered");
        json_uint(json, names[i].altered);
        json_end_object(json);
    }
    json_end_object(json);
}

static void
money_json(struct json *json, const char *key, int64_t fen)
{
    struct buf text;

    buf_init(&text, false);
    yuan(&text, fen);
    json_key(json, key);
    json_text(json, buf_part(json->out, &text));
    buf_release(&text);
}

static void
figures_json(struct json *json, const struct moves *moves)
{
    json_key(json, "figures");
    json_object(json);
    for (uint32_t i = 0; i < moves->figure_count; i++) {
        const struct moves_figure *figure = &moves->figures[i];

        json_key_text(json, figure->name);
        json_object(json);
        json_key(json, "changed");
        json_uint(json, figure->changed);
        if (figure->is_money) {
            json_key(json, "summed");
            json_uint(json, figure->summed);
            money_json(json, "old", figure->old_sum);
            money_json(json, "new", figure->new_sum);
            money_json(json, "difference", figure->new_sum - figure->old_sum);
        }
        json_end_object(json);
    }
    json_end_object(json);
}

static void
divisions_json(struct json *json, const struct moves *moves)
{
    json_key(json, "divisions");
    json_object(json);
    for (uint32_t i = 0; i < moves->division_count; i++) {
        const struct moves_division *of = &moves->divisions[i];

        json_key_text(json, of->name);
        json_object(json);
        json_key(json, "cases");
        json_uint(json, of->cases);
        json_key(json, "moved");
        json_uint(json, of->moved);
        json_key(json, "old_met");
        json_uint(json, of->old_met);
        json_key(json, "new_met");
        json_uint(json, of->new_met);
        json_end_object(json);
    }
    json_end_object(json);
}

void
diff_json(struct buf *out, const struct pack *old, const struct pack *new,
          const struct changes *changes, const struct moves *moves, bool has_cases)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_digest(&json, "old_hash", pack_hash(old));
    json_digest(&json, "new_hash", pack_hash(new));
    changes_json(&json, changes, moves, has_cases);
    if (has_cases) {
        json_key(&json, "cases");
        json_uint(&json, moves->cases);
        json_key(&json, "moved");
        json_uint(&json, moves->moved);
        json_key(&json, "changed");
        json_uint(&json, moves->changed);
        matrix_json(&json, moves);
        names_json(&json, "rules", moves->rules, moves->rule_count);
        names_json(&json, "reasons", moves->reasons, moves->reason_count);
        figures_json(&json, moves);
        divisions_json(&json, moves);
    }
    json_end_object(&json);
    json_newline(&json);
}
