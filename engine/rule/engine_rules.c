/* SPDX-License-Identifier: Apache-2.0 */
/* engine_rules.c: the engine's own rules, as if each pack held them: ENG-AUTH, ENG-SILENT,
 * ENG-NAME, ENG-LIMIT. (ENG-ERROR stands in judge.c, ENG-DECLARED in declared.c.) */
#include <string.h>

#include "engine/rule/finding.h"

#include "engine/base/ban.h"

static bool
is_party(const struct run *run, uint32_t i)
{
    const struct household *h = run->household;
    int32_t role;

    if (i < h->member_count)
        return true;
    role = kind_field(h->model->applicant, TEXT("role"));
    return role >= 0 && h->persons[i].role ==
                            code_find(h->model->applicant->fields[role].codes, TEXT("supporter"));
}

static bool
is_authorised(const struct run *run, uint32_t i, struct applicant_cell *cells)
{
    const struct household *h = run->household;
    const struct kind *applicant = h->model->applicant;
    const struct person *person = &h->persons[i];

    for (uint32_t f = 0; f < applicant->field_count; f++) {
        cells[f] = (struct applicant_cell){.state = person->cells[f].state,
                                           .number = person->cells[f].number};
        if (applicant->fields[f].type == FIELD_TEXT)
            cells[f].text = person->cells[f].text;
    }
    for (uint32_t s = 0; s < run->pack->source_count; s++)
        if (run->coverage[i][s] != COVERAGE_NOT_APPLICABLE &&
            !authorised_for(applicant, cells, h->checked_on, run->pack->sources[s].name))
            return false;
    return true;
}

/* A source that answered was asked, and it is asked only under a valid authorisation. */
static bool
has_all_answered(const struct run *run, uint32_t i)
{
    for (uint32_t s = 0; s < run->pack->source_count; s++)
        if (run->coverage[i][s] == COVERAGE_NOT_ASKED ||
            run->coverage[i][s] == COVERAGE_NOT_ANSWERED)
            return false;
    return true;
}

static hedui_status
engine_finding(struct judging *j, const char *rule, enum level level, struct finding **out,
               struct err *err)
{
    struct ranked *ranked;

    TRY(finding_new(j, &ranked, err));
    *out = &ranked->finding;
    (*out)->rule = (*out)->reason = text_of(rule);
    (*out)->level = level;
    return HEDUI_OK;
}

static hedui_status
auth_finding(struct judging *j, struct err *err)
{
    const struct household *h = j->run->household;
    struct applicant_cell *cells =
        arena_alloc(j->arena, h->model->applicant->field_count, sizeof *cells);
    struct finding *finding = NULL;
    struct text keys = {"", 0};

    if (cells == NULL)
        return arena_full(j->arena, err);
    for (uint32_t i = 0; i < h->person_count; i++) {
        if (!is_party(j->run, i) || has_all_answered(j->run, i) || is_authorised(j->run, i, cells))
            continue;
        keys = arena_printf(j->arena, TEXT_FMT "%s%s", TEXT_ARG(keys), keys.len > 0 ? "、" : "",
                            h->persons[i].key);
    }
    if (keys.len == 0)
        return HEDUI_OK;
    TRY(engine_finding(j, "ENG-AUTH", LEVEL_HOLD, &finding, err));
    finding->severity = 9;
    finding->zh = arena_printf(j->arena, "成员 " TEXT_FMT " 在核对基准日没有有效授权，未予查询",
                               TEXT_ARG(keys));
    finding->en = arena_printf(
        j->arena, "no authorisation of " TEXT_FMT " is valid on the check date; not looked up",
        TEXT_ARG(keys));
    finding->settle = arena_alloc(j->arena, 1, sizeof *finding->settle);
    if (finding->settle == NULL)
        return arena_full(j->arena, err);
    finding->settle[finding->settle_count++] = TEXT("补签有效的核对授权书");
    return HEDUI_OK;
}

static bool
is_silent(enum coverage coverage)
{
    return coverage != COVERAGE_FOUND && coverage != COVERAGE_NONE &&
           coverage != COVERAGE_NOT_APPLICABLE;
}

static void
silence_say(struct buf *words, const char *key, const struct pack_source *source,
            const struct kind *kind, enum coverage coverage)
{
    buf_printf(words, "%s%s " TEXT_FMT, words->len > 0 ? "；" : "", key, TEXT_ARG(source->zh));
    if (kind != NULL)
        buf_printf(words, "（" TEXT_FMT "）", TEXT_ARG(kind->zh));
    buf_str(words, coverage_zh(coverage));
}

/* Kinds of one source: named one by one where they differ, once where all are silent alike. */
static hedui_status
silent_source(struct judging *j, uint32_t i, uint32_t s, struct text *causes, uint32_t *count,
              struct buf *words, struct err *err)
{
    const struct run *run = j->run;
    const struct person *person = &run->household->persons[i];
    const struct model *model = run->household->model;
    const struct pack_source *source = &run->pack->sources[s];
    const enum coverage *each = &run->kind_coverage[i][s * model->kind_count];
    bool is_alike = true;

    for (uint32_t k = 0; k < model->kind_count; k++)
        is_alike = is_alike && ((source->kinds >> k & 1) == 0 || each[k] == run->coverage[i][s]);
    if (is_alike)
        silence_say(words, person->key, source, NULL, run->coverage[i][s]);
    for (uint32_t k = 0; k < model->kind_count; k++) {
        if (!is_silent(each[k]))
            continue;
        if (!is_alike)
            silence_say(words, person->key, source, &model->kinds[k], each[k]);
        causes[*count] = arena_printf(j->arena, "%s." TEXT_FMT "@" TEXT_FMT, person->key,
                                      TEXT_ARG(model->kinds[k].list), TEXT_ARG(source->name));
        if (causes[(*count)++].at == NULL)
            return arena_full(j->arena, err);
    }
    return HEDUI_OK;
}

/* Causes of one person: an invalid number says it all, else each silent source and list. */
static hedui_status
silent_person(struct judging *j, uint32_t i, struct text *causes, uint32_t *count,
              struct buf *words, struct err *err)
{
    const struct run *run = j->run;
    const struct person *person = &run->household->persons[i];

    if (person->number == NUMBER_INVALID) {
        causes[*count] = arena_printf(j->arena, "%s.id_no", person->key);
        buf_printf(words, "%s%s 证件号码无效", words->len > 0 ? "；" : "", person->key);
        return causes[(*count)++].at == NULL ? arena_full(j->arena, err) : HEDUI_OK;
    }
    for (uint32_t s = 0; s < run->pack->source_count; s++)
        if (is_silent(run->coverage[i][s]))
            TRY(silent_source(j, i, s, causes, count, words, err));
    return HEDUI_OK;
}

static void
texts_sort(struct text *texts, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct text text = texts[i];
        uint32_t at = i;
        for (; at > 0 && text_cmp(texts[at - 1], text) > 0; at--)
            texts[at] = texts[at - 1];
        texts[at] = text;
    }
}

/* The causes as they stand name person, list and source; they are plain in either language. */
static struct text
silent_english(struct judging *j, const struct text *causes, uint32_t count)
{
    buf_reset(&j->buf);
    buf_printf(&j->buf, "no full answer yet: ");
    for (uint32_t i = 0; i < count; i++)
        buf_printf(&j->buf, "%s" TEXT_FMT, i == 0 ? "" : ", ", TEXT_ARG(causes[i]));
    return show_text(&j->buf, j->arena);
}

static hedui_status
silent_finding(struct judging *j, struct err *err)
{
    const struct household *h = j->run->household;
    uint32_t room = 0, count = 0;
    struct text *causes;
    struct finding *finding;

    for (uint32_t i = 0; i < h->person_count; i++) {
        bool is_any = h->persons[i].number == NUMBER_INVALID;
        for (uint32_t s = 0; s < j->run->pack->source_count; s++)
            is_any = is_any || is_silent(j->run->coverage[i][s]);
        room += is_any && is_party(j->run, i) ? 1 : 0;
    }
    if (room == 0)
        return HEDUI_OK;
    if (j->is_brief && !j->tells_doubts)
        return engine_finding(j, "ENG-SILENT", LEVEL_DOUBT, &finding, err);
    causes = arena_alloc(j->arena, room * (j->run->pack->source_count * h->model->kind_count + 1),
                         sizeof *causes);
    if (causes == NULL)
        return arena_full(j->arena, err);
    buf_reset(&j->buf);
    for (uint32_t i = 0; i < h->person_count; i++)
        if (is_party(j->run, i))
            TRY(silent_person(j, i, causes, &count, &j->buf, err));
    texts_sort(causes, count);
    TRY(engine_finding(j, "ENG-SILENT", LEVEL_DOUBT, &finding, err));
    finding->zh = arena_printf(j->arena, "信息不全：" TEXT_FMT, TEXT_ARG(buf_as_text(&j->buf)));
    finding->en = silent_english(j, causes, count);
    if (finding->en.at == NULL)
        return arena_full(j->arena, err);
    return finding_open(j, finding, causes, count, err);
}

static hedui_status
name_finding(struct judging *j, struct err *err)
{
    const struct household *h = j->run->household;
    const struct household_row **rows;
    uint32_t count = 0, room = 0;
    struct finding *finding;

    for (uint32_t pass = 0; pass < 2; pass++) {
        rows = pass == 0 ? NULL : arena_alloc(j->arena, room, sizeof *rows);
        if (pass == 1 && rows == NULL)
            return arena_full(j->arena, err);
        for (uint32_t i = 0; i < h->person_count; i++)
            for (uint32_t k = 0; is_party(j->run, i) && k < h->model->kind_count; k++)
                for (uint32_t r = 0; r < h->persons[i].lists[k].row_count; r++) {
                    const struct household_row *row = &h->persons[i].lists[k].rows[r];
                    if (row->match != MATCH_NAME_CONFLICT)
                        continue;
                    if (pass == 0)
                        room++;
                    else
                        rows[count++] = row;
                }
        if (room == 0)
            return HEDUI_OK;
    }
    TRY(engine_finding(j, "ENG-NAME", LEVEL_ASK, &finding, err));
    finding->zh =
        arena_printf(j->arena, "有 %u 条记录证件号码相同而姓名不符，仅作线索，请核对", room);
    finding->en = arena_printf(j->arena,
                               "%u record%s with the number of a member and another name: "
                               "a lead only, to be checked",
                               room, room == 1 ? "" : "s");
    finding->grade = TEXT("lead");
    return evidence_of_rows(j, finding, rows, count, err);
}

static hedui_status
limit_findings(struct judging *j, struct err *err)
{
    const struct household *h = j->run->household;

    for (uint32_t i = 0; i < h->person_count; i++)
        for (uint32_t k = 0; k < h->model->kind_count; k++) {
            const struct kind *kind = &h->model->kinds[k];
            struct finding *finding;
            if (!is_party(j->run, i) || kind == h->model->applicant ||
                list_excess(h, &h->persons[i], k) == 0)
                continue;
            TRY(engine_finding(j, "ENG-LIMIT", LEVEL_ASK, &finding, err));
            finding->zh =
                arena_printf(j->arena, "成员 %s 的" TEXT_FMT "有 %u 条，超过上限 %u 条，请核对数据",
                             h->persons[i].key, TEXT_ARG(kind->zh),
                             h->persons[i].lists[k].row_count, kind->limit);
            finding->en = arena_printf(
                j->arena, "%s has %u " TEXT_FMT ", more than the limit of %u", h->persons[i].key,
                h->persons[i].lists[k].row_count, TEXT_ARG(kind->list), kind->limit);
        }
    return HEDUI_OK;
}

hedui_status
engine_findings(struct judging *j, struct err *err)
{
    TRY(auth_finding(j, err));
    TRY(silent_finding(j, err));
    TRY(name_finding(j, err));
    return limit_findings(j, err);
}
