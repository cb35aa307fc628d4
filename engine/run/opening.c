/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/opening.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/index/originals.h"
#include "engine/index/protocol.h"
#include "engine/run/secrets.h"

#include "engine/base/ban.h"

#define PIECE_BYTES ((size_t)1 << 16)
#define RESULTS "provenance.jsonl"

struct looking { /* one order on its way */
    const struct past_run *past;
    const struct opening_order *order;
    const struct world *world;
    struct arena *arena;
    struct opening *out;
    uint32_t room;
};

static struct text
text_in(const struct json_node *object, const char *key)
{
    const struct json_node *node = json_get(object, key);

    return node == NULL || node->type != JSON_STRING ? (struct text){NULL, 0} : node->text;
}

static hedui_status
row_add(struct looking *l, const struct json_node *row, struct err *err)
{
    const struct json_node *line = json_get(row, "line");
    struct opened_row found = {.row = text_in(row, "row"), .file = text_in(row, "file")};

    if (!text_is(text_in(row, "match"), "name_conflict"))
        return HEDUI_OK;
    if (!digest_read(&found.delivery, text_in(row, "delivery")) || line == NULL ||
        line->type != JSON_INT || line->integer <= 0)
        return err_set(err, HEDUI_E_FORMAT,
                       "'" TEXT_FMT "/" RESULTS "' 已损坏，请重新核对\n"
                       "'" TEXT_FMT "/" RESULTS "' is damaged: verify again",
                       TEXT_ARG(l->past->dir), TEXT_ARG(l->past->dir));
    found.line = (uint64_t)line->integer;
    for (uint32_t i = 0; i < l->out->count; i++) /* one case under two programmes */
        if (memcmp(&l->out->rows[i].delivery, &found.delivery, sizeof found.delivery) == 0 &&
            l->out->rows[i].line == found.line && text_eq(l->out->rows[i].file, found.file))
            return HEDUI_OK;
    if (l->out->count == l->room) {
        struct opened_row *grown = arena_alloc(l->arena, l->room * 2 + 8, sizeof *grown);
        if (grown == NULL)
            return arena_full(l->arena, err);
        if (l->room > 0)
            memcpy(grown, l->out->rows, l->room * sizeof *grown);
        l->out->rows = grown;
        l->room = l->room * 2 + 8;
    }
    l->out->rows[l->out->count++] = found;
    return HEDUI_OK;
}

/* A line of the case: its rows that carry another name. */
static hedui_status
line_take(struct looking *l, struct text line, struct err *err)
{
    struct text copy = arena_text(l->arena, line);
    const struct json_node *rows;
    struct json_node *root;

    if (copy.at == NULL)
        return arena_full(l->arena, err);
    TRY(json_parse(&root, copy, l->arena, err));
    rows = root->type == JSON_OBJECT ? json_get(root, "rows") : NULL;
    for (uint32_t i = 0; rows != NULL && rows->type == JSON_ARRAY && i < rows->count; i++)
        if (rows->values[i].type == JSON_OBJECT)
            TRY(row_add(l, &rows->values[i], err));
    return HEDUI_OK;
}

static hedui_status
digest_check(const struct looking *l, const struct digest *digest, struct err *err)
{
    for (uint32_t i = 0; i < l->past->output_count; i++)
        if (text_is(l->past->outputs[i].name, RESULTS) &&
            memcmp(&l->past->outputs[i].digest, digest, sizeof *digest) == 0)
            return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "'" TEXT_FMT "/" RESULTS "' 与 run.json 所记不同，不能据此打开；请重新核对\n"
                   "'" TEXT_FMT "/" RESULTS "' is not what run.json says, and nothing is opened by "
                   "it: verify again",
                   TEXT_ARG(l->past->dir), TEXT_ARG(l->past->dir));
}

/* The bytes of one piece of the file: whole lines go to line_take(), the rest waits in `line`. */
static hedui_status
piece_take(struct looking *l, struct text piece, struct text want, struct buf *line, bool *is_there,
           struct err *err)
{
    while (piece.len > 0) {
        const char *feed = memchr(piece.at, '\n', piece.len);
        size_t n = feed == NULL ? piece.len : (size_t)(feed - piece.at);

        buf_put(line, piece.at, n);
        if (feed == NULL)
            return buf_check(line, err);
        TRY(buf_check(line, err));
        if (text_starts(buf_as_text(line), want)) {
            *is_there = true;
            TRY(line_take(l, buf_as_text(line), err));
        }
        buf_reset(line);
        piece = (struct text){feed + 1, piece.len - n - 1};
    }
    return HEDUI_OK;
}

/* The rows of the case, from a file that is what run.json says. */
static hedui_status
rows_find(struct looking *l, struct err *err)
{
    struct text path = arena_printf(l->arena, TEXT_FMT "/" RESULTS, TEXT_ARG(l->past->dir));
    char *piece = arena_alloc(l->arena, 1, PIECE_BYTES);
    struct digester *digester = NULL;
    struct digest digest;
    struct buf want, line;
    struct json json;
    bool is_there = false;
    hedui_status rc = HEDUI_OK;
    ssize_t got;
    int fd = -1;

    buf_init(&want, false);
    buf_init(&line, true);
    if (path.at == NULL || piece == NULL)
        FAIL(arena_full(l->arena, err));
    json_begin(&json, &want);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, l->order->case_no);
    buf_byte(&want, ',');
    FAIL(buf_check(&want, err));
    FAIL(digester_open(&digester, err));
    fd = sys_open(path.at, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path.at, path.at));
    while ((got = sys_read(fd, piece, PIECE_BYTES)) > 0) {
        digester_add(digester, piece, (size_t)got);
        FAIL(piece_take(l, (struct text){piece, (size_t)got}, buf_as_text(&want), &line, &is_there,
                        err));
    }
    if (got < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法读取 '%s'\ncannot read '%s'", path.at, path.at));
    digest = digester_finish(digester);
    FAIL(digest_check(l, &digest, err));
    if (!is_there)
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "'%s' 里没有这个核对编号；退回的案件见 refused.csv\n"
                     "no such case in '%s'; cases that went back stand in refused.csv",
                     path.at, path.at));
    if (l->out->count == 0)
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "这一案没有姓名不符的记录，没有可打开的原文\n"
                     "no row of this case carries another name: there is nothing to open"));
done:
    if (fd >= 0)
        sys_close(fd);
    digester_close(digester);
    buf_release(&want);
    buf_release(&line);
    return rc;
}

static const struct delivery *
delivery_of(const struct snapshot *snapshot, const struct digest *digest)
{
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery *delivery = snapshot_entry(snapshot, i)->delivery;
        if (memcmp(&delivery_info(delivery)->digest, digest, sizeof *digest) == 0)
            return delivery;
    }
    return NULL;
}

/* The row's place in the delivery. Two files of one name with such a line: which of them is not
 * known. */
static hedui_status
row_place(const struct delivery *delivery, const struct opened_row *row, uint64_t *number,
          struct key128 *owner, struct err *err)
{
    const struct delivery_info *info = delivery_info(delivery);
    uint32_t found = 0;

    for (uint32_t f = 0; f < info->file_count; f++)
        if (text_eq(info->files[f], row->file))
            found += originals_row(delivery, (struct locator){f, row->line}, number, owner);
    if (found == 1)
        return HEDUI_OK;
    TRY(delivery_sound(delivery, err));
    return err_set(err, HEDUI_E_INPUT,
                   "数据里找不到 '" TEXT_FMT "' 第 %llu 行，或有同名文件，无法确定是哪一行\n"
                   "the delivery has no row %llu of '" TEXT_FMT
                   "', or files of the same name: which "
                   "row is meant is not known",
                   TEXT_ARG(row->file), (unsigned long long)row->line,
                   (unsigned long long)row->line, TEXT_ARG(row->file));
}

/* The cells of a row whose delivery is open. */
static hedui_status
cells_open(struct looking *l, struct opened_row *row, const struct delivery *delivery,
           struct originals *originals, struct err *err)
{
    const struct kind *kind = delivery_kind(delivery);
    struct cell *cells = arena_alloc(l->arena, kind->field_count, sizeof *cells);
    struct key128 owner;
    uint64_t number;

    row->kind = kind;
    row->source = delivery_info(delivery)->source;
    row->cells = arena_alloc(l->arena, kind->field_count, sizeof *row->cells);
    if (cells == NULL || row->cells == NULL)
        return arena_full(l->arena, err);
    TRY(row_place(delivery, row, &number, &owner, err));
    if (!delivery_row(delivery, number, owner, cells))
        return delivery_sound(delivery, err);
    for (uint32_t f = 0; f < kind->field_count; f++) {
        const struct field *field = &kind->fields[f];
        bool is_kept =
            field->type == FIELD_NAME || (field->type == FIELD_TEXT && field->is_sensitive);
        struct opened_cell *cell = &row->cells[row->cell_count];

        if (!is_kept || cells[f].state != CELL_VALUE)
            continue;
        cell->field = field;
        TRY(originals_get(originals, number, f, &cells[f], &cell->text, l->arena, err));
        row->cell_count++;
    }
    return HEDUI_OK;
}

static hedui_status
row_open(struct looking *l, struct opened_row *row, const struct ring *ring, struct err *err)
{
    struct text dir = arena_printf(l->arena, "%s/deliveries", l->world->data);
    const struct delivery *delivery = delivery_of(l->world->snapshot, &row->delivery);
    struct originals *originals = NULL;
    struct data_key key;
    hedui_status rc = HEDUI_OK;

    if (dir.at == NULL)
        return arena_full(l->arena, err);
    if (delivery == NULL || !delivery_info(delivery)->is_sealed)
        return err_set(
            err, HEDUI_E_INPUT,
            "快照里没有这一行所在的数据，结果与数据目录不相配\n"
            "the snapshot has no delivery of that row: results and data directory do not "
            "belong together");
    TRY(data_key_open(&key, dir.at, &row->delivery, &delivery_info(delivery)->sealing, ring, err));
    FAIL(originals_open(&originals, delivery, &key, err));
    FAIL(cells_open(l, row, delivery, originals, err));
done:
    originals_close(originals);
    data_key_wipe(&key);
    return rc;
}

/* Who, when, which case, which rows and why: nothing of what they say. */
static hedui_status
opening_record(const struct looking *l, struct err *err)
{
    struct data_lock *lock = NULL;
    struct json json;
    struct buf line;
    hedui_status rc = HEDUI_OK;

    buf_init(&line, false);
    json_begin(&json, &line);
    json_object(&json);
    json_key(&json, "act");
    json_str(&json, "open");
    protocol_time(&json, sys_now_ms());
    json_key(&json, "uid");
    json_uint(&json, getuid());
    json_key(&json, "case_no");
    json_text(&json, l->order->case_no);
    json_key(&json, "reason");
    json_text(&json, l->order->reason);
    json_key(&json, "snapshot");
    json_uint(&json, snapshot_id(l->world->snapshot));
    json_key(&json, "rows");
    json_array(&json);
    for (uint32_t i = 0; i < l->out->count; i++) {
        json_object(&json);
        json_key(&json, "row");
        json_text(&json, l->out->rows[i].row);
        json_digest(&json, "delivery", &l->out->rows[i].delivery);
        json_key(&json, "file");
        json_text(&json, l->out->rows[i].file);
        json_key(&json, "line");
        json_uint(&json, l->out->rows[i].line);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
    FAIL(data_lock_take(&lock, l->world->data, l->order->wait_ms, err));
    FAIL(openings_append(l->world->data, &line, err));
done:
    data_lock_drop(lock);
    buf_release(&line);
    return rc;
}

hedui_status
opening_make(struct opening *out, const struct past_run *past, const struct opening_order *order,
             const struct world *world, struct arena *arena, struct err *err)
{
    struct looking looking = {past, order, world, arena, out, 0};
    struct ring *ring = NULL;
    hedui_status rc = HEDUI_OK;

    *out = (struct opening){0};
    TRY(protocol_reason(order->reason, err));
    TRY(rows_find(&looking, err));
    FAIL(ring_open(&ring, world->ring_path, err));
    for (uint32_t i = 0; i < out->count; i++)
        FAIL(row_open(&looking, &out->rows[i], ring, err));
    FAIL(snapshot_sound(world->snapshot, err));
    FAIL(opening_record(&looking, err));
done:
    ring_close(ring);
    if (rc != HEDUI_OK)
        *out = (struct opening){0};
    return rc;
}
