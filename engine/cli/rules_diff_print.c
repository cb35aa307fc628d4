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

struct telling {
    struct buf *out;
    enum diff_lang lang;
};

/* In the language asked for; in both where nobody asked. */
static void
say(struct telling *t, const char *zh, const char *en)
{
    if (t->lang != DIFF_EN)
        buf_str(t->out, zh);
    if (t->lang == DIFF_BOTH)
        buf_byte(t->out, ' ');
    if (t->lang != DIFF_ZH)
        buf_str(t->out, en);
}

/* "，" or ", " */
static void
comma(struct telling *t)
{
    buf_str(t->out, t->lang == DIFF_EN ? ", " : "，");
}

static void
count_say(struct telling *t, const char *zh, const char *en, uint64_t count)
{
    say(t, zh, en);
    buf_printf(t->out, " %" PRIu64, count);
}

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

/* "（低保标准）", " (standard)" */
static void
label_put(struct telling *t, struct text zh, struct text en)
{
    struct text label = t->lang == DIFF_EN && en.len > 0 ? en : zh;

    if (label.len > 0)
        buf_printf(t->out, t->lang == DIFF_EN ? " (" TEXT_FMT ")" : "（" TEXT_FMT "）",
                   TEXT_ARG(label));
}

static void
changes_text(struct telling *t, const struct changes *changes, const struct moves *moves,
             bool has_cases)
{
    static const char *const zh[] = {"新增", "删除", "改动"};

    say(t, "含义差别", "difference in meaning");
    buf_printf(t->out, ": %u\n", changes->count);
    for (uint32_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->items[i];

        buf_str(t->out, "  ");
        say(t, section_zh(change->section), change->section);
        buf_printf(t->out, " " TEXT_FMT, TEXT_ARG(change->name));
        label_put(t, change->zh, change->en);
        buf_byte(t->out, ' ');
        say(t, zh[change->kind], change_name(change->kind));
        if (has_cases && i < CHANGE_MASK_MAX) {
            comma(t);
            count_say(t, "涉及案件", "cases", moves->by_change[i]);
        }
        buf_byte(t->out, '\n');
        if (change->kind == CHANGE_ALTERED) {
            lines_text(t->out, "-", change->old);
            lines_text(t->out, "+", change->new);
        }
    }
}

static const char *
outcome_said(const struct telling *t, enum outcome outcome)
{
    return t->lang == DIFF_EN ? outcome_name(outcome) : outcome_zh(outcome);
}

static void
matrix_text(struct telling *t, const struct moves *moves)
{
    say(t, "结论（行：旧，列：新）", "outcome (rows: old, columns: new)");
    buf_str(t->out, "\n            ");
    for (uint32_t n = 0; n < OUTCOMES; n++)
        buf_printf(t->out, " %11s", outcome_name((enum outcome)n));
    buf_byte(t->out, '\n');
    for (uint32_t o = 0; o < OUTCOMES; o++) {
        buf_printf(t->out, "  %-10s", outcome_name((enum outcome)o));
        for (uint32_t n = 0; n < OUTCOMES; n++)
            buf_printf(t->out, " %11" PRIu64, moves->matrix[o][n]);
        buf_byte(t->out, '\n');
    }
    for (uint32_t o = 0; o < OUTCOMES; o++)
        for (uint32_t n = 0; n < OUTCOMES; n++) {
            const struct text *samples = moves->samples[o][n];

            if (samples[0].at == NULL)
                continue;
            buf_printf(t->out, "  %s → %s ", outcome_said(t, (enum outcome)o),
                       outcome_said(t, (enum outcome)n));
            say(t, "例", "e.g.");
            for (uint32_t s = 0; s < MOVES_SAMPLES && samples[s].at != NULL; s++)
                buf_printf(t->out, " " TEXT_FMT, TEXT_ARG(samples[s]));
            buf_byte(t->out, '\n');
        }
}

static void
names_text(struct telling *t, const char *zh, const char *en, const struct moves_name *names,
           uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (names[i].gained + names[i].lost + names[i].altered == 0)
            continue;
        buf_str(t->out, "  ");
        say(t, zh, en);
        buf_printf(t->out, " " TEXT_FMT ": ", TEXT_ARG(names[i].name));
        count_say(t, "新增", "gained", names[i].gained);
        comma(t);
        count_say(t, "消失", "lost", names[i].lost);
        comma(t);
        count_say(t, "变级", "another level", names[i].altered);
        buf_byte(t->out, '\n');
    }
}

static void
yuan(struct buf *out, int64_t fen)
{
    value_print(out, (struct value){.integer = fen},
                &(const struct type){.kind = TYPE_MONEY, .per = PERIOD_ONCE});
}

static void
figures_text(struct telling *t, const struct moves *moves)
{
    for (uint32_t i = 0; i < moves->figure_count; i++) {
        const struct moves_figure *figure = &moves->figures[i];

        if (figure->changed == 0)
            continue;
        buf_str(t->out, "  ");
        say(t, "数值", "figure");
        buf_printf(t->out, " " TEXT_FMT, TEXT_ARG(figure->name));
        label_put(t, figure->zh, figure->en);
        buf_str(t->out, ": ");
        count_say(t, "有变案件", "cases", figure->changed);
        if (figure->is_money) {
            comma(t);
            say(t, "合计", "sum");
            buf_byte(t->out, ' ');
            yuan(t->out, figure->old_sum);
            buf_str(t->out, " → ");
            yuan(t->out, figure->new_sum);
            comma(t);
            say(t, "差", "difference");
            buf_byte(t->out, ' ');
            yuan(t->out, figure->new_sum - figure->old_sum);
        }
        buf_byte(t->out, '\n');
    }
}

static void
divisions_text(struct telling *t, const struct moves *moves)
{
    for (uint32_t i = 0; i < moves->division_count; i++) {
        const struct moves_division *of = &moves->divisions[i];

        if (of->moved == 0)
            continue;
        buf_str(t->out, "  ");
        say(t, "行政区划", "division");
        buf_printf(t->out, " " TEXT_FMT ": ", TEXT_ARG(of->name));
        count_say(t, "案件", "cases", of->cases);
        comma(t);
        count_say(t, "改判", "moved", of->moved);
        comma(t);
        count_say(t, "未见不符", "met", of->old_met);
        buf_printf(t->out, " → %" PRIu64 "\n", of->new_met);
    }
}

void
diff_text(struct buf *out, const struct changes *changes, const struct moves *moves, bool has_cases,
          enum diff_lang lang)
{
    struct telling t = {out, lang};

    changes_text(&t, changes, moves, has_cases);
    if (!has_cases)
        return;
    count_say(&t, "案件", "cases", moves->cases);
    comma(&t);
    count_say(&t, "改判", "moved", moves->moved);
    comma(&t);
    count_say(&t, "有任何不同", "changed", moves->changed);
    buf_byte(out, '\n');
    matrix_text(&t, moves);
    names_text(&t, "规则", "rule", moves->rules, moves->rule_count);
    names_text(&t, "理由", "reason", moves->reasons, moves->reason_count);
    figures_text(&t, moves);
    divisions_text(&t, moves);
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
