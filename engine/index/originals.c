/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/originals.h"

#include <assert.h>
#include <string.h>

#include "engine/index/delivery_file.h"
#include "engine/index/sealed.h"
#include "engine/index/textpack.h"

#include "engine/base/ban.h"

#define KEY_LABEL "hedui sealed 1"

struct originals {
    const struct delivery *delivery;
    struct digest sealing;
    struct aead *opener;
};

static hedui_status
damaged(const struct originals *o, struct err *err)
{
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(&o->delivery->info.digest, hex);
    return err_set(err, HEDUI_E_FORMAT,
                   "数据文件 %s 里密封的原文打不开：文件已损坏，或数据密钥不是它的。请用 hedui "
                   "snapshot verify 检查，从备份恢复或重新导入\n"
                   "what is sealed in delivery %s does not open: it is damaged, or the data key is "
                   "not its own; check with 'hedui snapshot verify', bring it back from the backup "
                   "or ingest again",
                   hex, hex);
}

hedui_status
originals_open(struct originals **out, const struct delivery *delivery, const struct data_key *key,
               struct err *err)
{
    struct originals *o;
    hedui_status rc;

    assert(delivery->info.is_sealed);
    o = mem_resize(NULL, 1, sizeof *o);
    if (o == NULL)
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足，无法打开原文\nno memory left to open originals");
    *o = (struct originals){.delivery = delivery, .sealing = key->sealing};
    rc = aead_open(&o->opener, key->secret, KEY_LABEL, err);
    if (rc == HEDUI_OK)
        *out = o;
    else
        originals_close(o);
    return rc;
}

void
originals_close(struct originals *originals)
{
    if (originals == NULL)
        return;
    aead_close(originals->opener);
    mem_free(originals);
}

/* Block `number` of the field, unsealed, in the arena. */
static hedui_status
block_open(const struct originals *o, uint32_t field, uint32_t number, struct text *out,
           struct arena *arena, struct err *err)
{
    const struct delivery *d = o->delivery;
    const struct sealed_entry *entry = &d->sealed[field].list[number];
    const struct section_entry *section = d->sealed[field].section;
    struct sealed_context ad = {.label = SEALED_CONTEXT,
                                .sealing = o->sealing,
                                .field = field,
                                .file = entry->file,
                                .number = number,
                                .first = entry->first,
                                .last = entry->last};
    uint8_t *bytes;

    if (entry->bytes < AEAD_EXTRA || entry->at > section->bytes ||
        entry->bytes > section->bytes - entry->at)
        return damaged(o, err);
    if (!delivery_is_good(d, section->at + entry->at, entry->bytes))
        return delivery_sound(d, err);
    bytes = arena_alloc(arena, entry->bytes - AEAD_EXTRA, 1);
    if (bytes == NULL)
        return arena_full(arena, err);
    if (!aead_unseal(o->opener, &ad, sizeof ad, d->map + section->at + entry->at, entry->bytes,
                     bytes))
        return damaged(o, err);
    *out = (struct text){(const char *)bytes, entry->bytes - AEAD_EXTRA};
    return HEDUI_OK;
}

static bool
varint_get(struct text *from, uint64_t *out)
{
    uint64_t value = 0;

    for (uint32_t shift = 0; shift < 64 && from->len > 0; shift += 7) {
        uint8_t byte = (uint8_t)from->at[0];
        *from = (struct text){from->at + 1, from->len - 1};
        value |= (uint64_t)(byte & 0x7F) << shift;
        if ((byte & 0x80) == 0) {
            *out = value;
            return true;
        }
    }
    return false;
}

/* Which row of a block stands in `line`. *row: rows, where none does. false: not a block of ours.
 */
static bool
line_find(struct text jumps, const struct sealed_start *start, uint64_t line, uint32_t *row)
{
    uint64_t from = start->line, first = 0,
             until; /* rows [first, until) stand from line `from` on */

    *row = start->rows;
    for (;;) {
        uint64_t more = start->rows - first, jump = 0;
        bool is_last = jumps.len == 0;
        if (!is_last && (!varint_get(&jumps, &more) || !varint_get(&jumps, &jump) ||
                         more > start->rows - first))
            return false;
        until = first + more;
        if (line - from < until - first)
            *row = (uint32_t)(first + (line - from));
        if (is_last)
            return true;
        from += more + (jump >> 1 ^ (0 - (jump & 1)));
        first = until;
    }
}

static hedui_status
text_get(const struct originals *o, uint32_t field, struct locator place, struct text *out,
         struct arena *arena, struct err *err)
{
    const struct delivery *d = o->delivery;
    struct text texts[SEALED_ROWS];

    for (uint32_t i = 0; i < d->sealed[field].count; i++) {
        const struct sealed_entry *entry = &d->sealed[field].list[i];
        struct sealed_start start;
        struct text block, jumps;
        uint32_t row, count;
        if (entry->file != place.file || place.line < entry->first || place.line > entry->last)
            continue;
        TRY(block_open(o, field, i, &block, arena, err));
        if (block.len < sizeof start)
            return damaged(o, err);
        memcpy(&start, block.at, sizeof start);
        block = (struct text){block.at + sizeof start, block.len - sizeof start};
        jumps = (struct text){block.at, start.jump_bytes};
        if (start.rows > SEALED_ROWS || jumps.len > block.len ||
            !line_find(jumps, &start, place.line, &row))
            return damaged(o, err);
        if (row == start.rows)
            continue; /* another lane's block reaches over the line */
        block = (struct text){block.at + jumps.len, block.len - jumps.len};
        if (!textpack_get(block, texts, SEALED_ROWS, &count, arena) || count != start.rows)
            return damaged(o, err);
        *out = texts[row];
        return HEDUI_OK;
    }
    return damaged(o, err);
}

/* The number of a name, by its tag and check. */
static bool
name_find(const struct delivery *d, uint32_t field, const struct cell *cell, uint32_t *number)
{
    const struct name_entry *entries = d->names[field].entries;
    uint64_t tag = (uint64_t)cell->number;
    uint32_t low = 0, high = d->names[field].count;

    if (!delivery_is_good(d, d->names[field].at, (uint64_t)high * sizeof *entries))
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        bool is_before = entries[middle].tag < tag ||
                         (entries[middle].tag == tag && entries[middle].check < cell->check);
        if (is_before)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    return low < d->names[field].count && entries[low].tag == tag &&
           entries[low].check == cell->check;
}

static hedui_status
name_get(const struct originals *o, uint32_t field, const struct cell *cell, struct text *out,
         struct arena *arena, struct err *err)
{
    const struct delivery *d = o->delivery;
    struct text names[SEALED_ROWS], block;
    uint32_t number, count;

    if (!name_find(d, field, cell, &number))
        return damaged(o, err);
    for (uint32_t i = 0; i < d->sealed[field].count; i++) {
        const struct sealed_entry *entry = &d->sealed[field].list[i];
        if (number < entry->first || number > entry->last)
            continue;
        TRY(block_open(o, field, i, &block, arena, err));
        if (!textpack_get(block, names, SEALED_ROWS, &count, arena) ||
            number - entry->first >= count)
            return damaged(o, err);
        *out = names[number - entry->first];
        return HEDUI_OK;
    }
    return damaged(o, err);
}

hedui_status
originals_get(struct originals *originals, uint64_t row, uint32_t field, const struct cell *cell,
              struct text *out, struct arena *arena, struct err *err)
{
    const struct delivery *d = originals->delivery;
    bool is_name = d->kind->fields[field].type == FIELD_NAME;

    assert(cell->state == CELL_VALUE && (is_name || sealed_is_text(&d->kind->fields[field])));
    if (d->sealed[field].section == NULL || d->sealed[field].list == NULL ||
        !delivery_is_good(d, d->sealed[field].list_at,
                          d->sealed[field].count * sizeof(struct sealed_entry)))
        return damaged(originals, err);
    if (is_name)
        return name_get(originals, field, cell, out, arena, err);
    return text_get(originals, field, delivery_locate(d, row), out, arena, err);
}

struct key128
originals_owner(const struct delivery *delivery, uint64_t row)
{
    uint32_t owner = 0;

    for (uint64_t end = 0; owner < delivery->owner_count; owner++) {
        end += count_of(delivery, owner);
        if (row < end)
            return delivery->owners[owner];
    }
    return (struct key128){UINT64_MAX, UINT64_MAX}; /* nobody's: the counts lie */
}

bool
originals_row(const struct delivery *delivery, struct locator place, uint64_t *row,
              struct key128 *owner)
{
    for (uint64_t i = 0; i < delivery->info.rows; i++) {
        struct locator at = delivery_locate(delivery, i);
        if (at.line == 0)
            return false;
        if (at.line == place.line && at.file == place.file) {
            *row = i;
            *owner = originals_owner(delivery, i);
            return true;
        }
    }
    return false;
}
