/* SPDX-License-Identifier: Apache-2.0 */
/* sealed_write.c: packed blocks to sealed ones, a wave at a time, behind all other sections. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/index/seal.h"
#include "engine/index/sealed.h"
#include "engine/index/textpack.h"

#include "engine/base/ban.h"

#define WAVE_PARTS 256 /* some 8 MiB */
#define KEY_LABEL "hedui sealed 1"

struct ref { /* a part, and whose it is; lane NULL: the parts are names, and in memory */
    const struct sealed_lane *lane;
    const struct sealed_part *part;
};

struct sealing {
    struct layout *layout;
    const struct digest *id;
    uint32_t lanes;
    struct aead **sealers, **hiders; /* one a lane of the pool */
    uint32_t field;
    struct ref *refs; /* of the field, in the order of the file */
    struct sealed_entry *list;
    uint32_t count, first; /* first: of the wave */
    uint8_t *to;           /* where the wave's first block goes */
};

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left to seal originals");
}

/* Two entries of the list beside each other tell where blocks begin, so sizes come first. */
static int
ref_order(const void *a, const void *b)
{
    const struct sealed_part *x = ((const struct ref *)a)->part, *y = ((const struct ref *)b)->part;

    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return x->last < y->last ? -1 : x->last > y->last;
}

static hedui_status
seal_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct sealing *s = context;
    uint32_t number = s->first + (uint32_t)task;
    const struct ref *ref = &s->refs[number];
    const struct sealed_entry *entry = &s->list[number];
    struct sealed_context ad = {.label = SEALED_CONTEXT,
                                .field = s->field,
                                .file = entry->file,
                                .number = number,
                                .first = entry->first,
                                .last = entry->last};
    uint8_t *to = s->to + (entry->at - s->list[s->first].at), *back = NULL;
    const uint8_t *bytes = ref->part->bytes;
    hedui_status rc = HEDUI_OK;

    ad.sealing = *s->id;
    if (bytes == NULL) {
        back = mem_resize(NULL, ref->part->len, 1);
        if (back == NULL)
            return no_memory(err);
        FAIL(sealed_part_read(ref->lane, ref->part, s->hiders[lane], back, err));
        bytes = back;
    }
    aead_seal(s->sealers[lane], &ad, sizeof ad, bytes, ref->part->len, to);
done:
    if (back != NULL)
        mem_wipe(back, ref->part->len);
    mem_free(back);
    return rc;
}

/* The two sections of a field, from s->refs. */
static hedui_status
field_put(struct sealing *s, struct err *err)
{
    struct layout *layout = s->layout;
    uint64_t at = 0;
    hedui_status rc = HEDUI_OK;

    s->list = mem_resize(NULL, s->count, sizeof *s->list);
    if (s->list == NULL)
        return no_memory(err);
    if (s->count > 1)
        qsort(s->refs, s->count, sizeof *s->refs, ref_order);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sealed_part *part = s->refs[i].part;
        s->list[i] =
            (struct sealed_entry){part->first, part->last, at, part->len + AEAD_EXTRA, part->file};
        at += s->list[i].bytes;
    }
    FAIL(layout_section_begin(layout, SECTION_SEALED, s->field, s->count, err));
    for (s->first = 0; s->first < s->count; s->first += WAVE_PARTS) {
        uint32_t left = s->count - s->first, now = left < WAVE_PARTS ? left : WAVE_PARTS;
        const struct sealed_entry *last = &s->list[s->first + now - 1];
        s->to = body_add(&layout->body, last->at + last->bytes - s->list[s->first].at);
        if (s->to == NULL)
            FAIL(no_memory(err));
        FAIL(pool_run(layout->pool, now, seal_task, s, err));
        FAIL(body_flush(&layout->body, layout->pool, false, err));
    }
    layout_section_end(layout);
    FAIL(layout_section_begin(layout, SECTION_SEALED_LIST, s->field, s->count, err));
    FAIL(body_put(&layout->body, layout->pool, s->list, s->count * sizeof *s->list, err));
    layout_section_end(layout);
done:
    mem_free(s->list);
    s->list = NULL;
    return rc;
}

static hedui_status
texts_put(struct sealing *s, struct err *err)
{
    const struct builder *builder = s->layout->builder;
    uint32_t most = 0;
    hedui_status rc;

    for (uint32_t lane = 0; lane < builder->lane_count; lane++)
        most += builder->lanes[lane].sealed.part_count;
    s->refs = mem_resize(NULL, most, sizeof *s->refs);
    if (s->refs == NULL)
        return no_memory(err);
    s->count = 0;
    for (uint32_t lane = 0; lane < builder->lane_count; lane++) {
        const struct sealed_lane *sealed = &builder->lanes[lane].sealed;
        for (uint32_t i = 0; i < sealed->part_count; i++)
            if (sealed->parts[i].field == s->field)
                s->refs[s->count++] = (struct ref){sealed, &sealed->parts[i]};
    }
    rc = field_put(s, err);
    mem_free(s->refs);
    return rc;
}

struct naming {
    const struct vocabulary *names;
    struct sealed_part *parts;
};

static hedui_status
name_task(void *context, uint32_t lane, size_t task, struct err *err)
{
    const struct naming *n = context;
    uint32_t from = (uint32_t)task * SEALED_ROWS, left = n->names->entry_count - from;
    uint32_t count = left < SEALED_ROWS ? left : SEALED_ROWS;
    struct sealed_part *part = &n->parts[task];
    uint16_t lengths[SEALED_ROWS];
    struct buf raw, packed;
    hedui_status rc = HEDUI_OK;

    (void)lane;
    buf_init(&raw, true);
    buf_init(&packed, true);
    for (uint32_t i = 0; i < count; i++) {
        struct text name = n->names->originals[from + i];
        assert(name.len <= TEXTPACK_MAX);
        lengths[i] = (uint16_t)name.len;
        buf_text(&raw, name);
    }
    FAIL(buf_check(&raw, err));
    textpack_put(&packed, TEXTPACK_PLACES, lengths, count, (const uint8_t *)raw.at);
    FAIL(buf_check(&packed, err));
    part->bytes = mem_resize(NULL, packed.len, 1);
    if (part->bytes == NULL)
        FAIL(no_memory(err));
    memcpy(part->bytes, packed.at, packed.len);
    part->len = (uint32_t)packed.len;
    part->first = from;
    part->last = from + count - 1;
done:
    buf_release(&raw);
    buf_release(&packed);
    return rc;
}

/* The names of the field, in the order of NAMES. */
static hedui_status
names_put(struct sealing *s, struct err *err)
{
    const struct vocabulary *names = &s->layout->vocabulary->fields[s->field];
    uint32_t count = (names->entry_count + SEALED_ROWS - 1) / SEALED_ROWS;
    struct naming naming = {names, mem_resize(NULL, count, sizeof *naming.parts)};
    hedui_status rc = HEDUI_OK;

    s->count = count;
    s->refs = mem_resize(NULL, count, sizeof *s->refs);
    if (naming.parts != NULL)
        memset(naming.parts, 0, count * sizeof *naming.parts);
    if (naming.parts == NULL || s->refs == NULL)
        FAIL(no_memory(err));
    for (uint32_t i = 0; i < count; i++)
        s->refs[i] = (struct ref){NULL, &naming.parts[i]};
    FAIL(pool_run(s->layout->pool, count, name_task, &naming, err));
    FAIL(field_put(s, err));
done:
    for (uint32_t i = 0; naming.parts != NULL && i < count; i++) {
        if (naming.parts[i].bytes != NULL)
            mem_wipe(naming.parts[i].bytes, naming.parts[i].len);
        mem_free(naming.parts[i].bytes);
    }
    mem_free(naming.parts);
    mem_free(s->refs);
    return rc;
}

/* What was sealed, told by what it was made from: the same inputs have the same data key, if it is
 * still there. */
static hedui_status
sealing_name(struct layout *layout, struct err *err)
{
    struct delivery_info *info = &layout->meta.info;
    struct digest digest;
    struct buf text;

    buf_init(&text, false);
    meta_write(&text, &layout->meta, layout->builder->plan.kind);
    if (buf_check(&text, err) != HEDUI_OK) {
        buf_release(&text);
        return HEDUI_E_MEMORY;
    }
    digest = digest_of(text.at, text.len);
    buf_release(&text);
    info->sealing = digest;
    info->is_sealed = true;
    return HEDUI_OK;
}

static hedui_status
sealers_open(struct sealing *s, const struct data_key *key, struct err *err)
{
    s->sealers = mem_resize(NULL, s->lanes, sizeof *s->sealers);
    s->hiders = mem_resize(NULL, s->lanes, sizeof *s->hiders);
    if (s->sealers != NULL)
        memset(s->sealers, 0, s->lanes * sizeof *s->sealers);
    if (s->hiders != NULL)
        memset(s->hiders, 0, s->lanes * sizeof *s->hiders);
    if (s->sealers == NULL || s->hiders == NULL)
        return no_memory(err);
    for (uint32_t i = 0; i < s->lanes; i++) {
        TRY(aead_open(&s->sealers[i], key->secret, KEY_LABEL, err));
        TRY(sealed_hider_open(&s->hiders[i], s->layout->builder->hiding, err));
    }
    return HEDUI_OK;
}

static void
sealers_close(struct sealing *s)
{
    for (uint32_t i = 0; i < s->lanes; i++) {
        if (s->sealers != NULL)
            aead_close(s->sealers[i]);
        if (s->hiders != NULL)
            aead_close(s->hiders[i]);
    }
    mem_free(s->sealers);
    mem_free(s->hiders);
}

hedui_status
layout_originals(struct layout *layout, struct err *err)
{
    const struct builder *builder = layout->builder;
    const struct kind *kind = builder->plan.kind;
    struct sealing s = {.layout = layout, .lanes = pool_lanes(layout->pool)};
    hedui_status rc = HEDUI_OK;

    if (!sealed_is_needed(kind))
        return HEDUI_OK;
    TRY(sealing_name(layout, err));
    TRY(data_key_find(&layout->data_key, builder->spec.dir, &layout->meta.info.sealing,
                      builder->spec.ring, err));
    s.id = &layout->data_key.sealing;
    FAIL(sealers_open(&s, &layout->data_key, err));
    for (s.field = 0; s.field < kind->field_count; s.field++) {
        if (kind->fields[s.field].type == FIELD_NAME)
            FAIL(names_put(&s, err));
        else if (sealed_is_text(&kind->fields[s.field]))
            FAIL(texts_put(&s, err));
    }
done:
    sealers_close(&s);
    return rc;
}
