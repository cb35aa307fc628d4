/* SPDX-License-Identifier: Apache-2.0 */
/* pack_change.c: two canonical forms beside each other, entry by entry and line by line. */
#include "engine/rule/pack_change.h"

#include <stdlib.h>
#include <string.h>

#include "engine/model/value.h"
#include "engine/rule/pack_in.h"
#include "engine/rule/pack_reads.h"

#include "engine/base/ban.h"

struct entry {
    const char *section;
    struct text name;
    size_t at, end; /* in the form */
};
struct form { /* one pack's */
    const struct pack *pack;
    struct arena *arena;
    uint32_t count, room;
    struct entry *entries; /* sorted by section and name */
    struct text text;
    bool is_full;
};

const char *
change_name(enum change_kind kind)
{
    static const char *const names[] = {"added", "removed", "altered"};

    return names[kind];
}

static void
entry_note(void *context, const char *section, struct text name, size_t at)
{
    struct form *form = context;

    if (form->count == form->room) {
        uint32_t room = form->room == 0 ? 64 : form->room * 2;
        struct entry *entries = arena_alloc(form->arena, room, sizeof *entries);

        if (entries == NULL) {
            form->is_full = true;
            return;
        }
        if (form->count > 0)
            memcpy(entries, form->entries, form->count * sizeof *entries);
        form->entries = entries;
        form->room = room;
    }
    if (form->count > 0)
        form->entries[form->count - 1].end = at;
    form->entries[form->count++] = (struct entry){section, name, at, at};
}

static int
entry_order(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = strcmp(x->section, y->section);

    if (order == 0 && strcmp(x->section, "pack") == 0)
        return 0; /* the heads are compared whatever the packs are called */
    return order != 0 ? order : text_cmp(x->name, y->name);
}

static hedui_status
form_make(struct form *form, const struct pack *pack, struct arena *arena, struct err *err)
{
    *form = (struct form){.pack = pack, .arena = arena};
    TRY(pack_canon(&form->text, pack, entry_note, form, arena, err));
    if (form->is_full)
        return arena_full(arena, err);
    form->entries[form->count - 1].end = form->text.len; /* the head is one, always */
    qsort(form->entries, form->count, sizeof *form->entries, entry_order);
    return HEDUI_OK;
}

struct line { /* "KEY LENGTH:TEXT" or "KEY NUMBER" */
    struct text key, value, whole;
    bool is_number;
};

/* The next line of an entry; texts may hold line feeds. false: no more. */
static bool
line_next(struct text form, size_t *at, size_t end, struct line *out)
{
    size_t from = *at, space = from, stop, digits;
    int64_t len;

    if (from >= end)
        return false;
    while (space < end && form.at[space] != ' ')
        space++;
    out->key = (struct text){form.at + from, space - from};
    digits = space + 1;
    while (digits < end && form.at[digits] >= '0' && form.at[digits] <= '9')
        digits++;
    out->is_number = !(digits < end && digits > space + 1 && form.at[digits] == ':' &&
                       text_int((struct text){form.at + space + 1, digits - space - 1}, &len));
    if (out->is_number) {
        for (stop = space; stop < end && form.at[stop] != '\n'; stop++)
            ;
        out->value = (struct text){form.at + space + 1, stop > space ? stop - space - 1 : 0};
    } else {
        out->value = (struct text){form.at + digits + 1, (size_t)len};
        stop = digits + 1 + (size_t)len;
    }
    out->whole = (struct text){form.at + from, stop - from};
    *at = stop + 1;
    return true;
}

static bool
has_line(const struct form *form, const struct entry *entry, struct text whole)
{
    size_t at = entry->at;
    struct line line;

    while (line_next(form->text, &at, entry->end, &line))
        if (text_eq(line.whole, whole))
            return true;
    return false;
}

static void
line_print(struct buf *out, const struct line *line)
{
    int64_t day;

    buf_text(out, line->key);
    buf_str(out, ": ");
    if (line->is_number && (text_is(line->key, "from") || text_is(line->key, "until")) &&
        text_int(line->value, &day))
        value_print(out, (struct value){.integer = day}, type_of(TYPE_DATE));
    else
        buf_text(out, line->value);
    buf_byte(out, '\n');
}

/* A dated value is told with its day: the day's line comes with what follows it. */
static hedui_status
lines_differ(struct text *out, const struct form *form, const struct entry *entry,
             const struct form *other, const struct entry *beside, struct err *err)
{
    bool is_param = strcmp(entry->section, "param") == 0, is_new = false;
    struct line line, day = {0};
    size_t at = entry->at;
    struct buf buf;
    hedui_status rc = HEDUI_OK;

    buf_init(&buf, false);
    for (uint32_t n = 0; line_next(form->text, &at, entry->end, &line); n++) {
        bool is_day = is_param && text_is(line.key, "from");
        bool is_there = beside != NULL && has_line(other, beside, line.whole);

        if (n == 0 && strcmp(entry->section, "pack") != 0)
            continue; /* the entry's name */
        if (is_day) {
            day = line;
            is_new = !is_there;
            continue; /* it comes with what follows it */
        }
        if (is_there && !(is_new && text_is(line.key, "value")))
            continue; /* the same figure on a day of its own is news */
        if (day.key.len > 0)
            line_print(&buf, &day);
        line_print(&buf, &line);
        day.key.len = 0;
    }
    FAIL(buf_check(&buf, err));
    *out = arena_text(form->arena, buf_as_text(&buf));
    if (out->at == NULL)
        rc = arena_full(form->arena, err);
done:
    buf_release(&buf);
    return rc;
}

/* Nothing of the parameter's old timeline went: what its new value takes the place of is the value
 * in force on the day before. */
static hedui_status
value_before(struct text *out, const struct form *old, const struct entry *a,
             const struct form *new, const struct entry *b, struct err *err)
{
    struct line line, day = {0}, value = {0}, at_day = {0};
    size_t at = b->at;
    int64_t first = INT64_MAX, number;
    struct buf buf;
    hedui_status rc = HEDUI_OK;

    while (line_next(new->text, &at, b->end, &line))
        if (text_is(line.key, "from") && !has_line(old, a, line.whole) &&
            text_int(line.value, &number) && number < first)
            first = number;
    at = a->at;
    while (first != INT64_MAX && line_next(old->text, &at, a->end, &line)) {
        if (text_is(line.key, "from"))
            at_day = line;
        else if (text_is(line.key, "value") && text_int(at_day.value, &number) && number < first) {
            day = at_day;
            value = line;
        }
    }
    if (value.key.len == 0)
        return HEDUI_OK;
    buf_init(&buf, false);
    line_print(&buf, &day);
    line_print(&buf, &value);
    FAIL(buf_check(&buf, err));
    *out = arena_text(old->arena, buf_as_text(&buf));
    if (out->at == NULL)
        rc = arena_full(old->arena, err);
done:
    buf_release(&buf);
    return rc;
}

static struct text
label_of(const struct form *form, const struct entry *entry, const char *lang)
{
    struct line line;
    size_t at = entry->at;

    while (line_next(form->text, &at, entry->end, &line))
        if (text_is(line.key, lang))
            return line.value;
    return (struct text){"", 0};
}

static hedui_status
change_put(struct changes *out, const struct form *old, const struct entry *a,
           const struct form *new, const struct entry *b, struct err *err)
{
    const struct entry *one = b != NULL ? b : a;
    struct change *change = &out->items[out->count];

    if (a != NULL && b != NULL && a->end - a->at == b->end - b->at &&
        memcmp(old->text.at + a->at, new->text.at + b->at, a->end - a->at) == 0)
        return HEDUI_OK;
    *change = (struct change){.section = one->section,
                              .name = one->name,
                              .zh = label_of(b != NULL ? new : old, one, "zh"),
                              .en = label_of(b != NULL ? new : old, one, "en"),
                              .kind = a == NULL   ? CHANGE_ADDED
                                      : b == NULL ? CHANGE_REMOVED
                                                  : CHANGE_ALTERED};
    if (a != NULL)
        TRY(lines_differ(&change->old, old, a, new, b, err));
    if (b != NULL)
        TRY(lines_differ(&change->new, new, b, old, a, err));
    if (a != NULL && b != NULL && change->old.len == 0 && strcmp(one->section, "param") == 0)
        TRY(value_before(&change->old, old, a, new, b, err));
    out->count++;
    return HEDUI_OK;
}

hedui_status
changes_find(struct changes *out, const struct pack *old, const struct pack *new,
             struct arena *arena, struct err *err)
{
    struct form a, b;
    uint32_t i = 0, k = 0;

    *out = (struct changes){0};
    TRY(form_make(&a, old, arena, err));
    TRY(form_make(&b, new, arena, err));
    out->items = arena_alloc(arena, a.count + b.count, sizeof *out->items);
    if (out->items == NULL)
        return arena_full(arena, err);
    while (i < a.count || k < b.count) {
        int order = i == a.count   ? 1
                    : k == b.count ? -1
                                   : entry_order(&a.entries[i], &b.entries[k]);

        TRY(change_put(out, &a, order <= 0 ? &a.entries[i] : NULL, &b,
                       order >= 0 ? &b.entries[k] : NULL, err));
        i += order <= 0;
        k += order >= 0;
    }
    return changes_reach(out, old, new, arena, err);
}

static uint64_t
reach_find(const struct change_reach *items, uint32_t count, struct text name)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = text_cmp(items[middle].name, name);

        if (order == 0)
            return items[middle].reads;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

uint64_t
changes_of_rule(const struct changes *changes, struct text rule)
{
    return reach_find(changes->rules, changes->rule_count, rule);
}

uint64_t
changes_of_figure(const struct changes *changes, struct text figure)
{
    return reach_find(changes->figures, changes->figure_count, figure);
}

hedui_status
changes_same_rules(bool **same, const struct changes *changes, const struct pack *old,
                   const struct pack *new, struct arena *arena, struct err *err)
{
    bool *is = arena_alloc(arena, new->rule_count, sizeof *is);

    if (is == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < new->rule_count; i++)
        for (uint32_t k = 0; k < old->rule_count; k++)
            is[i] = is[i] || (text_eq(old->rules[k].name, new->rules[i].name) &&
                              changes_of_rule(changes, new->rules[i].name) == 0);
    *same = is;
    return HEDUI_OK;
}

bool
changes_spare_engine(const struct changes *changes)
{
    static const char *const own[] = {"ENG-AUTH", "ENG-SILENT", "ENG-NAME", "ENG-DECLARED",
                                      "ENG-LIMIT"};

    for (size_t i = 0; i < LEN(own); i++)
        if (changes_of_rule(changes, text_of(own[i])) != 0)
            return false;
    return true;
}
