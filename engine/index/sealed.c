/* SPDX-License-Identifier: Apache-2.0 */
/* sealed.c: the lane's side: texts of a column to packed blocks. */
#include "engine/index/sealed.h"

#include <assert.h>
#include <string.h>

#include "engine/base/fp.h"
#include "engine/base/slab.h"
#include "engine/base/sys.h"
#include "engine/index/spill.h"
#include "engine/index/textpack.h"

#include "engine/base/ban.h"

_Static_assert(TEXTPACK_MAX == BATCH_TEXT_MAX, "what feed lets through can be packed");

struct sealed_slab { /* then parts */
    struct sealed_slab *older;
    size_t at; /* first free byte */
};

struct sealed_column {
    uint32_t field, file, rows, values;      /* values: rows that have one */
    uint64_t piece, line, first, last, next; /* line: of the first row; next: the line expected */
    uint32_t jump_row;
    enum textpack_mode mode;
    uint16_t lengths[SEALED_ROWS];
    struct buf bytes, jumps;
};

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left for texts to be sealed");
}

static hedui_status
io_failed(struct err *err)
{
    return err_sys(err, HEDUI_E_IO,
                   "超出 --memory 的密封内容暂存到磁盘时出错\n"
                   "sealed texts past --memory could not be kept on the disk for the time being");
}

bool
sealed_is_text(const struct field *field)
{
    return field->type == FIELD_TEXT && field->is_sensitive;
}

bool
sealed_is_needed(const struct kind *kind)
{
    for (uint32_t f = 0; f < kind->field_count; f++)
        if (kind->fields[f].type == FIELD_NAME || sealed_is_text(&kind->fields[f]))
            return true;
    return false;
}

hedui_status
sealed_hider_open(struct aead **out, const uint8_t *hiding, struct err *err)
{
    return aead_open(out, hiding, "hedui spill 1", err);
}

hedui_status
sealed_lane_open(struct sealed_lane *lane, const struct kind *kind, const char *dir, size_t limit,
                 const uint8_t *hiding, struct err *err)
{
    uint32_t count = 0;

    *lane = (struct sealed_lane){.dir = dir, .limit = limit, .hiding = hiding};
    buf_init(&lane->packed, true);
    for (uint32_t f = 0; f < kind->field_count; f++)
        count += sealed_is_text(&kind->fields[f]);
    if (count == 0)
        return HEDUI_OK;
    lane->columns = mem_resize(NULL, count, sizeof *lane->columns);
    if (lane->columns == NULL)
        return no_memory(err);
    for (uint32_t f = 0; f < kind->field_count; f++) {
        struct sealed_column *column = &lane->columns[lane->column_count];
        if (!sealed_is_text(&kind->fields[f]))
            continue;
        memset(column, 0, sizeof *column);
        column->field = f;
        buf_init(&column->bytes, true);
        buf_init(&column->jumps, false);
        lane->column_count++;
    }
    return HEDUI_OK;
}

/* Room for a part in the newest slab; slabs, because memory that is new costs more than packing. */
static bool
part_room(struct sealed_lane *lane, struct sealed_part *part)
{
    struct sealed_slab *slab = lane->slab;

    part->is_apart = part->len > SLAB_BYTES - sizeof *slab;
    if (part->is_apart) {
        part->bytes = mem_resize(NULL, part->len, 1);
        return part->bytes != NULL;
    }
    if (slab == NULL || SLAB_BYTES - slab->at < part->len) {
        slab = slab_take();
        if (slab == NULL)
            return false;
        *slab = (struct sealed_slab){lane->slab, sizeof *slab};
        lane->slab = slab;
    }
    part->bytes = (uint8_t *)slab + slab->at;
    slab->at += part->len;
    return true;
}

/* The newest part's room is the next one's. */
static void
part_drop(struct sealed_lane *lane, struct sealed_part *part)
{
    mem_wipe(part->bytes, part->len);
    if (part->is_apart)
        mem_free(part->bytes);
    else
        lane->slab->at -= part->len;
    part->bytes = NULL;
    lane->held -= part->len;
}

void
sealed_lane_close(struct sealed_lane *lane)
{
    for (uint32_t i = 0; i < lane->column_count; i++) {
        buf_release(&lane->columns[i].bytes);
        buf_release(&lane->columns[i].jumps);
    }
    for (uint32_t i = lane->part_count; i-- > 0;)
        if (lane->parts[i].bytes != NULL && lane->parts[i].is_apart)
            part_drop(lane, &lane->parts[i]);
    while (lane->slab != NULL) {
        struct sealed_slab *slab = lane->slab;
        lane->slab = slab->older;
        mem_wipe(slab, slab->at);
        slab_give(slab);
    }
    mem_free(lane->columns);
    mem_free(lane->parts);
    aead_close(lane->hider);
    buf_release(&lane->packed);
    if (lane->fd != 0)
        sys_close(lane->fd - 1);
    *lane = (struct sealed_lane){0};
}

/* A part leaves the memory, so that what is on the disk says nothing to anybody. */
static hedui_status
part_hide(struct sealed_lane *lane, struct sealed_part *part, struct err *err)
{
    size_t bytes = part->len + AEAD_EXTRA;
    uint8_t *sealed = mem_resize(NULL, bytes, 1);
    hedui_status rc = HEDUI_OK;

    if (sealed == NULL)
        return no_memory(err);
    if (lane->hider == NULL)
        FAIL(sealed_hider_open(&lane->hider, lane->hiding, err));
    if (lane->fd == 0) {
        int fd = -1;
        FAIL(spill_file(&fd, lane->dir, lane, err));
        lane->fd = fd + 1;
    }
    part->at = lane->written;
    aead_seal(lane->hider, &part->at, sizeof part->at, part->bytes, part->len, sealed);
    if (FP("index.sealed.spill") != 0)
        FAIL(io_failed(err));
    for (size_t done = 0; done < bytes;) {
        ssize_t some = sys_pwrite(lane->fd - 1, sealed + done, bytes - done, (off_t)lane->written);
        if (some <= 0)
            FAIL(io_failed(err));
        done += (size_t)some;
        lane->written += (uint64_t)some;
    }
    part_drop(lane, part);
done:
    mem_free(sealed);
    return rc;
}

hedui_status
sealed_part_read(const struct sealed_lane *lane, const struct sealed_part *part, struct aead *hider,
                 uint8_t *to, struct err *err)
{
    size_t bytes = part->len + AEAD_EXTRA;
    uint8_t *sealed;
    hedui_status rc = HEDUI_OK;

    if (part->bytes != NULL) {
        memcpy(to, part->bytes, part->len);
        return HEDUI_OK;
    }
    sealed = mem_resize(NULL, bytes, 1);
    if (sealed == NULL)
        return no_memory(err);
    for (size_t done = 0; done < bytes;) {
        ssize_t some =
            sys_pread(lane->fd - 1, sealed + done, bytes - done, (off_t)(part->at + done));
        if (some <= 0)
            FAIL(io_failed(err));
        done += (size_t)some;
    }
    if (!aead_unseal(hider, &part->at, sizeof part->at, sealed, bytes, to))
        FAIL(err_set(err, HEDUI_E_IO,
                     "暂存到磁盘的内容读回时已变，请检查磁盘\n"
                     "what was kept on the disk for the time being came back changed: check the "
                     "disk"));
done:
    mem_free(sealed);
    return rc;
}

/* The open block of a column becomes a part; one without any text is nothing. */
static hedui_status
column_end(struct sealed_lane *lane, struct sealed_column *column, struct err *err)
{
    struct sealed_start start = {column->rows, (uint32_t)column->jumps.len, column->line};
    struct sealed_part *part;
    struct buf *packed = &lane->packed;

    if (column->values > 0) {
        TRY(buf_check(&column->bytes, err));
        TRY(buf_check(&column->jumps, err));
        buf_reset(packed);
        buf_put(packed, &start, sizeof start);
        buf_put(packed, column->jumps.at, column->jumps.len);
        textpack_put(packed, column->mode, column->lengths, column->rows,
                     (const uint8_t *)column->bytes.at);
        TRY(buf_check(packed, err));
        if (lane->part_count == lane->part_room) {
            uint32_t room = lane->part_room * 2 + 16;
            part = mem_resize(lane->parts, room, sizeof *part);
            if (part == NULL)
                return no_memory(err);
            lane->parts = part;
            lane->part_room = room;
        }
        part = &lane->parts[lane->part_count];
        *part = (struct sealed_part){.field = column->field,
                                     .file = column->file,
                                     .first = column->first,
                                     .last = column->last,
                                     .len = (uint32_t)packed->len};
        if (!part_room(lane, part))
            return no_memory(err);
        memcpy(part->bytes, packed->at, packed->len);
        lane->part_count++;
        lane->held += packed->len;
        if (lane->held > lane->limit)
            TRY(part_hide(lane, part, err));
    }
    column->rows = column->values = 0;
    buf_reset(&column->bytes);
    buf_reset(&column->jumps);
    return HEDUI_OK;
}

/* Seven bits a byte, the lowest first; a set eighth bit: more follow. */
static void
varint_put(struct buf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        buf_byte(out, (char)(value | 0x80));
    buf_byte(out, (char)value);
}

/* Lines follow each other, mostly; where one does not: rows since the last jump, and by how much.
 */
static void
lines_add(struct sealed_column *column, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->rows; i++) {
        uint64_t line = batch->line[i];
        uint32_t row = column->rows + i;
        if (row == 0) {
            column->line = column->first = column->last = column->next = line;
            column->jump_row = 0;
        }
        if (line != column->next) {
            int64_t jump = (int64_t)(line - column->next);
            varint_put(&column->jumps, row - column->jump_row);
            varint_put(&column->jumps, (uint64_t)jump << 1 ^ (uint64_t)(jump >> 63));
            column->jump_row = row;
        }
        column->first = line < column->first ? line : column->first;
        column->last = line > column->last ? line : column->last;
        column->next = line + 1;
    }
}

/* The batch's texts as halved digits, or nothing and false. */
static bool
hex_add(struct sealed_column *column, const struct batch_column *from, uint32_t rows, size_t bytes)
{
    uint8_t *to = (uint8_t *)buf_room(&column->bytes, bytes / 2 + rows + 16), *begin = to;

    for (uint32_t i = 0; to != NULL && i < rows; i++) {
        if (from->state[i] != CELL_VALUE)
            continue;
        if (!textpack_hex(from->text[i], to))
            return false;
        to += (from->text[i].len + 1) / 2;
    }
    if (to != NULL)
        column->bytes.len += (size_t)(to - begin);
    return true; /* also where there is no memory: that shows when the block is ended */
}

static void
raw_add(struct sealed_column *column, const struct batch_column *from, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++)
        if (from->state[i] == CELL_VALUE)
            buf_text(&column->bytes, from->text[i]);
}

static hedui_status
column_rows(struct sealed_lane *lane, struct sealed_column *column, const struct batch *batch,
            struct err *err)
{
    const struct batch_column *from = &batch->columns[column->field];
    size_t bytes = 0, most = 0;

    for (uint32_t i = 0; i < batch->rows; i++) {
        size_t len = from->state[i] == CELL_VALUE ? from->text[i].len : 0;
        bytes += len;
        most = len > most ? len : most;
    }
    assert(most <= TEXTPACK_MAX); /* feed refuses longer ones */
    if (column->rows > 0 &&
        (column->file != batch->file || column->piece != batch->piece ||
         column->rows + batch->rows > SEALED_ROWS || column->bytes.len + bytes > SEALED_RAW))
        TRY(column_end(lane, column, err));
    if (column->rows > 0 && column->mode == TEXTPACK_HEX &&
        !hex_add(column, from, batch->rows, bytes))
        TRY(column_end(lane, column, err)); /* and the next one begins with this batch */
    else if (column->rows > 0 && column->mode == TEXTPACK_PLACES)
        raw_add(column, from, batch->rows);
    if (column->rows == 0) {
        column->file = batch->file;
        column->piece = batch->piece;
        column->mode = hex_add(column, from, batch->rows, bytes) ? TEXTPACK_HEX : TEXTPACK_PLACES;
        if (column->mode == TEXTPACK_PLACES)
            raw_add(column, from, batch->rows);
    }
    lines_add(column, batch);
    for (uint32_t i = 0; i < batch->rows; i++) {
        bool is_value = from->state[i] == CELL_VALUE;
        column->lengths[column->rows++] = is_value ? (uint16_t)from->text[i].len : 0;
        column->values += is_value;
    }
    return HEDUI_OK;
}

hedui_status
sealed_lane_rows(struct sealed_lane *lane, const struct batch *batch, struct err *err)
{
    for (uint32_t i = 0; i < lane->column_count && batch->rows > 0; i++)
        TRY(column_rows(lane, &lane->columns[i], batch, err));
    return HEDUI_OK;
}

hedui_status
sealed_lane_end(struct sealed_lane *lane, struct err *err)
{
    for (uint32_t i = 0; i < lane->column_count; i++)
        if (lane->columns[i].rows > 0)
            TRY(column_end(lane, &lane->columns[i], err));
    return HEDUI_OK;
}
