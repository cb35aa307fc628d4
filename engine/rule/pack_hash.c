/* SPDX-License-Identifier: Apache-2.0 */
/* pack_hash.c: the meaning hash: SHA-256 over the pack in canonical form.
 *
 * One field a line, "KEY LENGTH:TEXT"; sections by name; values and expressions printed from what
 * they mean, so that comments, order, quoting and files do not matter. Texts are in (they stand in
 * verdicts), the kinds that the pack reads are in (a code that changes its list changes the
 * sense), tests are not. The form is versioned by its first line. */
#include <inttypes.h>
#include <limits.h>

#include "engine/rule/table.h"

#include "engine/base/ban.h"

struct canon {
    struct buf buf;
    struct arena *arena;
    canon_entry entry; /* NULL: nobody asks where entries begin */
    void *context;
};

static void
put(struct canon *c, const char *key, struct text text)
{
    if (text.len == 0)
        return;
    buf_printf(&c->buf, "%s %zu:", key, text.len);
    buf_text(&c->buf, text);
    buf_byte(&c->buf, '\n');
}

/* An entry of a section begins; what follows is its own. */
static void
put_entry(struct canon *c, const char *section, struct text name)
{
    if (c->entry != NULL)
        c->entry(c->context, section, name, c->buf.len);
    put(c, section, name);
}

static void
put_expr(struct canon *c, const char *key, const struct expr *expr)
{
    if (expr != NULL)
        put(c, key, expr_print(expr, c->arena));
}

static void
put_value(struct canon *c, const char *key, struct value value, const struct type *type)
{
    struct buf print;

    buf_init(&print, false);
    value_print(&print, value, type);
    put(c, key, buf_part(&c->buf, &print));
    buf_release(&print);
}

static void
put_int(struct canon *c, const char *key, int64_t value)
{
    buf_printf(&c->buf, "%s ", key);
    buf_int(&c->buf, value);
    buf_byte(&c->buf, '\n');
}

static void
put_param_value(struct canon *c, const struct param *param, const struct param_value *value)
{
    if (value->is_abolished)
        put(c, "abolished", TEXT("yes"));
    else
        put_value(c, "value", value->value, param->type);
    put(c, "ref", value->ref);
    if (value->is_unconfirmed)
        put(c, "unconfirmed", TEXT("yes"));
}

static void
put_param_name(struct canon *c, const struct param *param)
{
    put_entry(c, "param", param->name);
    put(c, "zh", param->zh);
    put(c, "en", param->en);
    put(c, "type", type_print(param->type, c->arena));
    put_expr(c, "as_of", param->as_of);
}

static void
put_params(struct canon *c, const struct pack *pack)
{
    for (uint32_t i = 0; i < pack->param_count; i++) {
        const struct param *param = &pack->params[i];
        put_param_name(c, param);
        put(c, "local", param->local);
        if (param->has_range) {
            put_value(c, "low", param->lo, param->type);
            put_value(c, "high", param->hi, param->type);
        }
        for (uint32_t k = 0; k < param->value_count; k++) {
            put_int(c, "from", param->values[k].from);
            put_param_value(c, param, &param->values[k]);
            put(c, "reviewed_on", param->values[k].reviewed_on);
        }
    }
}

/* Rows of a unique table lie by id already; a first table means the order of its rows. */
static void
put_table(struct canon *c, const struct table *table)
{
    put(c, "hit", table->hit == TABLE_FIRST ? TEXT("first") : TEXT("unique"));
    for (uint32_t i = 0; i < table->row_count; i++) {
        put(c, "row", table->rows[i].id);
        put_expr(c, "when", table->rows[i].when);
        put_expr(c, "then", table->rows[i].then);
        put(c, "ref", table->rows[i].ref);
    }
    put_expr(c, "otherwise", table->otherwise);
}

static void
put_facts(struct canon *c, const struct pack *pack)
{
    for (uint32_t i = 0; i < pack->fact_count; i++) {
        const struct fact *fact = &pack->facts[i];
        put_entry(c, "fact", fact->name);
        put(c, "zh", fact->zh);
        put(c, "en", fact->en);
        put(c, "type", type_print(fact->type, c->arena));
        if (fact->table != NULL)
            put_table(c, fact->table);
        else
            put_expr(c, "is", fact->is);
        put(c, "round", fact->round);
        put(c, "output", fact->is_output ? TEXT("yes") : TEXT(""));
        put(c, "ref", fact->ref);
        put(c, "local", fact->local);
    }
}

static void
put_rule(struct canon *c, const struct rule *rule)
{
    static const char *const when[] = {"deny_when", "review_when", "hold_when"};

    put_entry(c, "rule", rule->name);
    put(c, "zh", rule->zh);
    put(c, "en", rule->en);
    put_expr(c, when[rule->kind], rule->when);
    put(c, "reason", rule->reason);
    put(c, "ref", rule->ref);
    put_int(c, "severity", rule->severity);
    for (uint32_t k = 0; k < rule->unless_count; k++) {
        put(c, "unless", rule->unless[k].id);
        put(c, "zh", rule->unless[k].zh);
        put_expr(c, "when", rule->unless[k].when);
        put(c, "ref", rule->unless[k].ref);
    }
}

static void
put_rules(struct canon *c, const struct pack *pack)
{
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        const struct rule *rule = &pack->rules[i];
        put_rule(c, rule);
        put(c, "local", rule->local);
        if (rule->from != INT32_MIN)
            put_int(c, "from", rule->from);
        if (rule->until != INT32_MAX)
            put_int(c, "until", rule->until);
    }
}

static void
put_rest(struct canon *c, const struct pack *pack)
{
    for (uint32_t i = 0; i < pack->reason_count; i++) {
        put_entry(c, "reason", pack->reasons[i].name);
        put(c, "zh", pack->reasons[i].zh);
        put(c, "en", pack->reasons[i].en);
    }
    for (uint32_t i = 0; i < pack->source_count; i++) {
        const struct pack_source *source = &pack->sources[i];
        put_entry(c, "evidence", source->name);
        put(c, "zh", source->zh);
        put(c, "en", source->en);
        for (uint32_t k = 0; k < pack->model->kind_count; k++)
            if ((source->kinds >> k & 1) != 0)
                put(c, "kind", pack->model->kinds[k].name);
        put_int(c, "valid_days", source->valid_days);
        put(c, "grade", text_of(grade_name(source->grade)));
        put_expr(c, "who", pack->who[i]);
        put(c, "settle", source->settle);
    }
    for (uint32_t i = 0; i < pack->declared_count; i++) {
        const struct declared *item = &pack->declared[i];
        put_entry(c, "declared", item->name);
        put(c, "zh", item->zh);
        put(c, "en", item->en);
        put_expr(c, "stated", item->stated);
        put_expr(c, "found", item->found);
        if (item->slack >= 0)
            put(c, "slack", pack->params[item->slack].name);
        put(c, "ref", item->ref);
    }
    for (uint32_t i = 0; i < pack->missing_count; i++) {
        put_entry(c, "missing", pack->missing[i].name);
        put(c, "ask", pack->missing[i].ask);
        put(c, "assume", pack->missing[i].value);
        put(c, "zh", pack->missing[i].zh);
    }
}

/* The kinds that the pack reads, and the applicant's: fields, types, code lists. */
static void
put_kinds(struct canon *c, const struct pack *pack)
{
    for (uint32_t k = 0; k < pack->model->kind_count; k++) {
        const struct kind *kind = &pack->model->kinds[k];
        if (kind != pack->model->applicant && (pack->kinds_read >> k & 1) == 0)
            continue;
        put_entry(c, "uses", kind->name);
        put_int(c, "limit", kind->limit);
        for (uint32_t i = 0; i < kind->field_count; i++) {
            const struct field *field = &kind->fields[i];
            put(c, "field", field->name);
            buf_printf(&c->buf, "%d %d %d %d %d %d %d %d\n", (int)field->type, field->scale,
                       (int)field->blank, field->is_of_case, field->is_thing, field->is_share,
                       field->is_period, field->is_sensitive);
            if (field->per != PER_ONCE)
                put_int(c, "per", field->per);
            if (field->has_min)
                put_int(c, "min", field->min);
            if (field->has_max)
                put_int(c, "max", field->max);
            for (uint32_t n = 0; field->codes != NULL && n < field->codes->count; n++) {
                put(c, "code", field->codes->codes[n].name);
                put(c, "zh", field->codes->codes[n].zh);
            }
        }
    }
}

static void
put_calendar(struct canon *c, const struct pack *pack)
{
    if (pack->calendar == NULL)
        return;
    put_entry(c, "uses", pack->calendar->name);
    for (uint32_t i = 0; i < pack->calendar->count; i++) {
        const struct calendar_year *year = &pack->calendar->years[i];

        put_int(c, "year", year->year);
        for (size_t n = 0; n < LEN(year->is_worked); n++)
            buf_printf(&c->buf, "%016" PRIx64 "\n", year->is_worked[n]);
    }
}

/* The default, written out or not, is one sense. */
static void
put_as_of(struct canon *c, const struct pack *pack)
{
    struct text print = pack->as_of == NULL ? TEXT("") : expr_print(pack->as_of, c->arena);

    put(c, "as_of", text_is(print, "case.checked_on") ? TEXT("") : print);
}

static void
put_all(struct canon *c, const struct pack *pack)
{
    buf_str(&c->buf, "hedui 1\n");
    put_entry(c, "pack", pack->name);
    put(c, "zh", pack->zh);
    put(c, "en", pack->en);
    put(c, "level", pack->level);
    put(c, "programme", pack->programme);
    put_as_of(c, pack);
    put_params(c, pack);
    put_facts(c, pack);
    put_rules(c, pack);
    put_rest(c, pack);
    put_kinds(c, pack);
    put_calendar(c, pack);
}

hedui_status
pack_canon(struct text *out, const struct pack *pack, canon_entry entry, void *context,
           struct arena *arena, struct err *err)
{
    struct canon c = {.arena = arena, .entry = entry, .context = context};
    hedui_status rc = HEDUI_OK;

    buf_init(&c.buf, false);
    put_all(&c, pack);
    FAIL(buf_check(&c.buf, err));
    *out = arena_text(arena, buf_as_text(&c.buf));
    if (out->at == NULL)
        rc = arena_full(arena, err);
done:
    buf_release(&c.buf);
    return rc;
}

hedui_status
pack_hash_make(struct pack *pack, struct err *err)
{
    struct canon c = {.arena = pack->arena};
    hedui_status rc = HEDUI_OK;

    buf_init(&c.buf, false);
    put_all(&c, pack);
    FAIL(buf_check(&c.buf, err));
    pack->hash = digest_of(c.buf.at, c.buf.len);
done:
    buf_release(&c.buf);
    return rc;
}

/* All that has no days: the same in every epoch. */
static struct digest
base_digest(struct canon *c, const struct pack *pack)
{
    buf_reset(&c->buf);
    put(c, "programme", pack->programme);
    put_as_of(c, pack);
    put_facts(c, pack);
    put_rest(c, pack);
    put_kinds(c, pack);
    put_calendar(c, pack);
    return digest_of(c->buf.at, c->buf.len);
}

static void
put_epoch(struct canon *c, const struct pack *pack, const struct epoch *epoch,
          const struct digest *rules)
{
    for (uint32_t i = 0; i < pack->param_count; i++) {
        const struct param *param = &pack->params[i];

        put_param_name(c, param);
        if (epoch->values[i] != NULL)
            put_param_value(c, param, epoch->values[i]);
        for (uint32_t k = 0; param->as_of != NULL && k < param->value_count; k++) {
            put_int(c, "from", param->values[k].from);
            put_param_value(c, param, &param->values[k]);
        }
    }
    for (uint32_t i = 0; i < pack->rule_count; i++)
        if (pack->rules[i].from <= epoch->from && epoch->from < pack->rules[i].until)
            buf_put(&c->buf, rules[i].bytes, sizeof rules[i].bytes);
}

hedui_status
pack_epoch_hashes(const struct pack *pack, struct digest **hashes, struct arena *arena,
                  struct err *err)
{
    struct canon c = {.arena = arena};
    struct digest *out = arena_alloc(arena, pack->epoch_count, sizeof *out), base;
    struct digest *rules = arena_alloc(arena, pack->rule_count, sizeof *rules);
    hedui_status rc = HEDUI_OK;

    if (out == NULL || rules == NULL)
        return arena_full(arena, err);
    buf_init(&c.buf, false);
    base = base_digest(&c, pack);
    for (uint32_t i = 0; i < pack->rule_count; i++) {
        buf_reset(&c.buf);
        put_rule(&c, &pack->rules[i]);
        rules[i] = digest_of(c.buf.at, c.buf.len);
    }
    for (uint32_t e = 0; e < pack->epoch_count; e++) {
        buf_reset(&c.buf);
        buf_put(&c.buf, base.bytes, sizeof base.bytes);
        put_epoch(&c, pack, &pack->epochs[e], rules);
        FAIL(buf_check(&c.buf, err));
        out[e] = digest_of(c.buf.at, c.buf.len);
    }
    *hashes = out;
done:
    buf_release(&c.buf);
    return rc;
}
