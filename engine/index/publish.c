/* SPDX-License-Identifier: Apache-2.0 */
/* publish.c: a new delivery joins; what it answers better falls away; mends follow their base.
 *
 * Newer is the later as-of day, and of equal days the later ingest: an old extract that comes late
 * takes nothing from a newer one, and keeps only what the newer does not answer. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/index/manifest.h"
#include "engine/index/snapshot.h"
#include "engine/index/supersede.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096

struct joining {
    struct arena *arena;
    struct manifest_entry *list; /* of the new manifest */
    uint32_t count, room;
    struct text *fallen;
    uint32_t fallen_count, fallen_room;
};

static bool
is_same_digest(const struct digest *a, const struct digest *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static hedui_status
list_add(struct joining *j, const struct manifest_entry *entry, struct err *err)
{
    if (j->count == j->room) {
        uint32_t room = j->room * 2 + 8;
        struct manifest_entry *grown = arena_alloc(j->arena, room, sizeof *grown);
        if (grown == NULL)
            return arena_full(j->arena, err);
        if (j->count > 0)
            memcpy(grown, j->list, j->count * sizeof *grown);
        j->list = grown;
        j->room = room;
    }
    j->list[j->count++] = *entry;
    return HEDUI_OK;
}

static hedui_status
fallen_add(struct joining *j, struct buf *sentence, struct err *err)
{
    struct text copy;

    TRY(buf_check(sentence, err));
    copy = arena_text(j->arena, buf_as_text(sentence));
    if (j->fallen_count == j->fallen_room) {
        uint32_t room = j->fallen_room * 2 + 8;
        struct text *grown = arena_alloc(j->arena, room, sizeof *grown);
        if (grown == NULL)
            return arena_full(j->arena, err);
        if (j->fallen_count > 0)
            memcpy(grown, j->fallen, j->fallen_count * sizeof *grown);
        j->fallen = grown;
        j->fallen_room = room;
    }
    if (copy.at == NULL)
        return arena_full(j->arena, err);
    j->fallen[j->fallen_count++] = copy;
    return HEDUI_OK;
}

static void
months_say(struct buf *out, const struct remains *lost, bool is_zh)
{
    month_print(out, lost->first);
    if (lost->last == lost->first)
        return;
    buf_str(out, is_zh ? " 至 " : " to ");
    month_print(out, lost->last);
}

/* "来源 tax（income，截至 2025-06-30，1a2b3c4d）…" and the same in English. */
static void
entry_say(struct buf *out, const struct manifest_entry *entry, bool is_zh)
{
    buf_str(out, is_zh ? "来源 " : "source ");
    buf_text(out, entry->source);
    buf_str(out, is_zh ? "（" : " (");
    buf_text(out, entry->kind);
    buf_str(out, is_zh ? "，截至 " : ", as of ");
    date_print(out, entry->as_of);
    buf_str(out, is_zh ? "，" : ", ");
    buf_hex(out, entry->delivery.bytes, 4);
    buf_str(out, is_zh ? "）" : ")");
}

static void
divisions_say(struct buf *out, const struct manifest_entry *by, bool is_zh)
{
    buf_str(out, is_zh ? "，区划 " : ", divisions ");
    for (uint32_t i = 0; i < by->division_count; i++) {
        if (i > 0)
            buf_str(out, is_zh ? "、" : ", ");
        buf_text(out, by->divisions[i]);
    }
}

/* is_late: `old` is what was just ingested, and what was there already is newer. */
static hedui_status
fallen_say(struct joining *j, const struct manifest_entry *old, const struct manifest_entry *by,
           const struct remains *lost, bool is_late, struct err *err)
{
    struct buf out;
    hedui_status rc;

    buf_init(&out, false);
    for (int language = 0; language < 2; language++) {
        bool is_zh = language == 0;
        entry_say(&out, old, is_zh);
        buf_str(&out, is_zh ? "：" : ": ");
        if (lost->lost_months > 0)
            months_say(&out, lost, is_zh);
        else
            buf_str(&out, is_zh ? "全部月份" : "all of it");
        if (!lost->lost_all_divisions)
            divisions_say(&out, by, is_zh);
        if (is_late)
            buf_str(&out,
                    is_zh ? "已有更新的数据，不采用\n" : " is answered by newer data: not used");
        else
            buf_str(&out, is_zh ? "由新数据取代\n" : " superseded by the new delivery");
    }
    rc = fallen_add(j, &out, err);
    buf_release(&out);
    return rc;
}

static hedui_status
mend_dies_say(struct joining *j, const struct manifest_entry *mend, struct err *err)
{
    struct buf out;
    hedui_status rc;

    buf_init(&out, false);
    entry_say(&out, mend, true);
    buf_str(&out, "：补正随所补数据一同退出\n");
    entry_say(&out, mend, false);
    buf_str(&out, ": the mend leaves with the delivery that it mends");
    rc = fallen_add(j, &out, err);
    buf_release(&out);
    return rc;
}

/* One entry less `by`, onto the list. */
static hedui_status
less_add(struct joining *j, const struct manifest_entry *old, const struct manifest_entry *by,
         bool is_late, struct err *err)
{
    struct remains remains;

    TRY(supersede(&remains, old, by, j->arena, err));
    if (remains.is_changed)
        TRY(fallen_say(j, old, by, &remains, is_late, err));
    for (uint32_t i = 0; i < remains.count; i++)
        TRY(list_add(j, &remains.entries[i], err));
    return HEDUI_OK;
}

static bool
is_rival(const struct manifest_entry *a, const struct manifest_entry *b)
{
    return !a->is_mend && text_eq(a->source, b->source) && text_eq(a->kind, b->kind) &&
           !is_same_digest(&a->delivery, &b->delivery);
}

/* What newer deliveries leave of the new one. */
static hedui_status
fresh_add(struct joining *j, const struct manifest *before, const struct manifest_entry *fresh,
          struct err *err)
{
    struct joining own = {.arena = j->arena};

    TRY(list_add(&own, fresh, err));
    for (uint32_t i = 0; i < before->count; i++) {
        const struct manifest_entry *entry = &before->entries[i];
        struct joining next = {.arena = j->arena,
                               .fallen = own.fallen,
                               .fallen_count = own.fallen_count,
                               .fallen_room = own.fallen_room};
        if (!is_rival(entry, fresh) || entry->as_of <= fresh->as_of)
            continue;
        for (uint32_t k = 0; k < own.count; k++)
            TRY(less_add(&next, &own.list[k], entry, true, err));
        own = next;
    }
    for (uint32_t i = 0; i < own.count; i++)
        TRY(list_add(j, &own.list[i], err));
    for (uint32_t i = 0; i < own.fallen_count; i++) {
        struct buf sentence;
        hedui_status rc;
        buf_init(&sentence, false);
        buf_text(&sentence, own.fallen[i]);
        rc = fallen_add(j, &sentence, err);
        buf_release(&sentence);
        TRY(rc);
    }
    return HEDUI_OK;
}

/* A mend counts exactly where its base does. */
static hedui_status
mend_follow(struct joining *j, const struct manifest_entry *mend, struct err *err)
{
    uint32_t count = j->count; /* entries of this mend are no base of it */
    bool is_alive = false;

    for (uint32_t i = 0; i < count; i++) {
        struct manifest_entry entry = *mend;
        if (!is_same_digest(&j->list[i].delivery, &mend->mends))
            continue;
        entry.has_months = j->list[i].has_months;
        entry.month_count = j->list[i].month_count;
        entry.months = j->list[i].months;
        entry.division_count = j->list[i].division_count;
        entry.divisions = j->list[i].divisions;
        entry.minus_count = j->list[i].minus_count;
        entry.minus = j->list[i].minus;
        TRY(list_add(j, &entry, err));
        is_alive = true;
    }
    return is_alive ? HEDUI_OK : mend_dies_say(j, mend, err);
}

/* The new list: bases first, as they stood, then the new one, then mends behind their bases. */
static hedui_status
entries_join(struct joining *j, const struct manifest *before, const struct manifest_entry *fresh,
             struct err *err)
{
    if (fresh->is_mend) /* known already: nothing changes, and its own mends keep their base */
        for (uint32_t i = 0; i < before->count; i++)
            if (is_same_digest(&before->entries[i].delivery, &fresh->delivery)) {
                for (uint32_t k = 0; k < before->count; k++)
                    TRY(list_add(j, &before->entries[k], err));
                return HEDUI_OK;
            }
    for (uint32_t i = 0; i < before->count; i++) {
        const struct manifest_entry *entry = &before->entries[i];
        if (entry->is_mend || is_same_digest(&entry->delivery, &fresh->delivery))
            continue;
        if (!fresh->is_mend && is_rival(entry, fresh) && entry->as_of <= fresh->as_of)
            TRY(less_add(j, entry, fresh, false, err));
        else
            TRY(list_add(j, entry, err));
    }
    if (!fresh->is_mend)
        TRY(fresh_add(j, before, fresh, err));
    for (uint32_t i = 0; i < before->count; i++) {
        const struct manifest_entry *mend = &before->entries[i];
        bool is_first = true;
        for (uint32_t k = 0; k < i; k++)
            is_first &= !is_same_digest(&before->entries[k].delivery, &mend->delivery);
        if (mend->is_mend && is_first && !is_same_digest(&mend->delivery, &fresh->delivery))
            TRY(mend_follow(j, mend, err));
    }
    return fresh->is_mend ? mend_follow(j, fresh, err) : HEDUI_OK;
}

static bool
is_same_texts(const struct text *a, uint32_t a_count, const struct text *b, uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count && a_count == b_count; i++)
        if (!text_eq(a[i], b[i]))
            return false;
    return a_count == b_count;
}

static bool
is_same_entry(const struct manifest_entry *a, const struct manifest_entry *b)
{
    return is_same_digest(&a->delivery, &b->delivery) && text_eq(a->source, b->source) &&
           a->month_count == b->month_count &&
           (a->month_count == 0 ||
            memcmp(a->months, b->months, a->month_count * sizeof *a->months) == 0) &&
           is_same_texts(a->divisions, a->division_count, b->divisions, b->division_count) &&
           is_same_texts(a->minus, a->minus_count, b->minus, b->minus_count);
}

/* Does the new list say what the old one said? Order apart: nothing depends on it. */
static bool
is_same_list(const struct joining *j, const struct manifest *before)
{
    for (uint32_t i = 0; i < j->count && j->count == before->count; i++) {
        bool is_found = false;
        for (uint32_t k = 0; k < before->count; k++)
            is_found |= is_same_entry(&j->list[i], &before->entries[k]);
        if (!is_found)
            return false;
    }
    return j->count == before->count;
}

/* The delivery's own words as an entry; its texts are copied, for it is closed again. */
static hedui_status
entry_of(struct manifest_entry *out, const struct delivery *delivery, struct arena *arena,
         struct err *err)
{
    const struct delivery_info *info = delivery_info(delivery);

    *out = (struct manifest_entry){
        .delivery = info->digest,
        .source = arena_text(arena, info->source),
        .kind = arena_text(arena, info->kind),
        .as_of = info->as_of,
        .is_mend = info->is_mend,
        .mends = info->mends,
        .has_months = delivery_kind(delivery)->period >= 0,
        .month_count = info->month_count,
        .division_count = info->division_count,
    };
    out->months = arena_alloc(arena, info->month_count, sizeof *out->months);
    out->divisions = arena_alloc(arena, info->division_count, sizeof *out->divisions);
    if (out->source.at == NULL || out->kind.at == NULL || out->months == NULL ||
        out->divisions == NULL)
        return arena_full(arena, err);
    if (info->month_count > 0)
        memcpy(out->months, info->months, info->month_count * sizeof *out->months);
    for (uint32_t i = 0; i < info->division_count; i++) {
        out->divisions[i] = arena_text(arena, info->divisions[i]);
        if (out->divisions[i].at == NULL)
            return arena_full(arena, err);
    }
    return HEDUI_OK;
}

static hedui_status
fresh_read(struct manifest_entry *out, const char *data, const struct digest *digest,
           const struct model *model, uint64_t key_id, struct arena *arena, struct err *err)
{
    char path[PATH_BYTES], hex[2 * DIGEST_BYTES + 1];
    struct delivery *delivery = NULL;
    hedui_status rc;

    digest_hex(digest, hex);
    if (snprintf(path, sizeof path, "%s/deliveries/%s.hdl", data, hex) >= (int)sizeof path)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    TRY(delivery_open(&delivery, path, model, key_id, err));
    rc = entry_of(out, delivery, arena, err);
    delivery_close(delivery);
    return rc;
}

static hedui_status
base_check(const struct manifest *before, const struct manifest_entry *fresh, struct err *err)
{
    if (!fresh->is_mend)
        return HEDUI_OK;
    for (uint32_t i = 0; i < before->count; i++)
        if (is_same_digest(&before->entries[i].delivery, &fresh->mends))
            return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "所补正的数据不在当前快照里\n"
                   "the delivery that is to be mended is not in the current snapshot");
}

hedui_status
snapshot_publish(uint64_t *id, const char *data, const struct data_lock *lock,
                 const struct digest *delivery, const struct model *model, uint64_t key_id,
                 struct text **fallen, uint32_t *fallen_count, struct arena *arena, struct err *err)
{
    struct manifest before, after;
    struct manifest_entry fresh;
    struct joining j = {.arena = arena};

    assert(lock != NULL);
    TRY(manifest_load(&before, data, 0, arena, err));
    TRY(fresh_read(&fresh, data, delivery, model, key_id, arena, err));
    TRY(base_check(&before, &fresh, err));
    TRY(entries_join(&j, &before, &fresh, err));
    *fallen = j.fallen;
    *fallen_count = j.fallen_count;
    *id = before.id;
    if (before.id > 0 && is_same_list(&j, &before))
        return HEDUI_OK; /* ingested twice is ingested once */
    after = (struct manifest){
        .id = before.id + 1,
        .parent = before.id,
        .parent_digest = before.digest,
        .count = j.count,
        .entries = j.list,
    };
    TRY(manifest_publish(&after, data, err));
    *id = after.id;
    return HEDUI_OK;
}
