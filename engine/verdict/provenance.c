/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.c: the line of provenance.jsonl: what depends on arrival, keys and versions. */
#include <string.h>

#include <hedui/version.h>

#include "engine/index/keyer.h"
#include "engine/verdict/verdict.h"

#include "engine/base/ban.h"

/* The normalised content of some cells, as bytes to digest: state, number, text, field by field. */
static void
cells_bytes(struct buf *out, const struct kind *kind, const struct cell *cells)
{
    for (uint32_t f = 0; f < kind->field_count; f++) {
        const struct cell *cell = &cells[f];
        enum field_type type = kind->fields[f].type;

        buf_byte(out, (char)('0' + cell->state));
        if (cell->state == CELL_VALUE && type == FIELD_IDENTITY) {
            buf_put(out, &cell->key, sizeof cell->key);
        } else if (cell->state == CELL_VALUE) {
            buf_int(out, cell->number);
            if (type == FIELD_TEXT || type == FIELD_NAME)
                buf_text(out, cell->text);
        }
        buf_byte(out, '\0');
    }
}

#define HEX 32    /* digits of a keyed digest */
#define BATCH 256 /* digests made at once */

struct mark {         /* a digest that is still open */
    size_t at;        /* of its first digit in `out` */
    size_t from, len; /* what it is of, in `content` */
};

/* Members as they will stand in many lines. */
static hedui_status
members_keep(struct text *kept, struct buf *text, struct arena *arena, struct err *err)
{
    TRY(buf_check(text, err));
    *kept = arena_text(arena, (struct text){text->at + 1, text->len - 2}); /* without braces */
    return kept->at == NULL ? arena_full(arena, err) : HEDUI_OK;
}

static void
shared_print(struct json *json, const struct pack *pack, const struct model *model,
             const struct snapshot *snapshot)
{
    json_object(json);
    json_key(json, "snapshot");
    json_uint(json, snapshot_id(snapshot));
    json_digest(json, "snapshot_digest", snapshot_digest(snapshot));
    json_digest(json, "model_digest", &model->digest);
    json_key(json, "engine");
    json_str(json, HEDUI_VERSION);
    json_digest(json, "pack_hash", pack_hash(pack));
    json_end_object(json);
}

static hedui_status
entry_keep(struct provenance *p, uint32_t entry, struct buf *text, struct arena *arena,
           struct err *err)
{
    const struct delivery_info *info = delivery_info(snapshot_entry(p->snapshot, entry)->delivery);
    struct json json;

    buf_reset(text);
    json_begin(&json, text);
    json_object(&json);
    json_digest(&json, "delivery", &info->digest);
    json_end_object(&json);
    TRY(members_keep(&p->deliveries[entry], text, arena, err));
    buf_reset(text);
    json_begin(&json, text);
    json_object(&json);
    json_key(&json, "mapping");
    json_text(&json, info->mapping);
    json_key(&json, "mapping_version");
    json_int(&json, info->mapping_version);
    json_end_object(&json);
    return members_keep(&p->mappings[entry], text, arena, err);
}

hedui_status
provenance_open(struct provenance *p, struct buf *out, const struct pack *pack,
                const struct model *model, const struct snapshot *snapshot, struct arena *arena,
                struct err *err)
{
    uint32_t entries = snapshot_count(snapshot);
    struct json json;
    struct buf text;
    hedui_status rc = HEDUI_OK;

    *p = (struct provenance){.out = out, .snapshot = snapshot};
    buf_init(&p->content, true);
    buf_init(&p->marks, false);
    buf_init(&text, false);
    p->deliveries = arena_alloc(arena, entries, sizeof *p->deliveries);
    p->mappings = arena_alloc(arena, entries, sizeof *p->mappings);
    if (p->deliveries == NULL || p->mappings == NULL)
        FAIL(arena_full(arena, err));
    json_begin(&json, &text);
    shared_print(&json, pack, model, snapshot);
    FAIL(members_keep(&p->shared, &text, arena, err));
    for (uint32_t e = 0; e < entries; e++)
        FAIL(entry_keep(p, e, &text, arena, err));
done:
    buf_release(&text);
    return rc;
}

void
provenance_close(struct provenance *p)
{
    buf_release(&p->content);
    buf_release(&p->marks);
}

/* The digest of what `content` holds from `from` on, to be filled in later. */
static void
digest_later(struct provenance *p, struct json *json, size_t from)
{
    static const char open[] = "00000000000000000000000000000000";
    struct mark mark = {.from = from, .len = p->content.len - from};

    _Static_assert(sizeof open - 1 == HEX, "as many digits as will be written");
    json_text(json, TEXT(open));
    mark.at = p->out->len - HEX - 1;
    buf_put(&p->marks, &mark, sizeof mark);
}

hedui_status
provenance_finish(struct provenance *p, struct keyer *keyer, struct err *err)
{
    static const char hex[] = "0123456789abcdef";
    struct text rows[BATCH] UNSET;
    uint8_t digests[BATCH][16] UNSET;

    TRY(buf_check(&p->content, err));
    TRY(buf_check(&p->marks, err));
    TRY(buf_check(p->out, err));
    for (size_t i = 0, count = p->marks.len / sizeof(struct mark), n; i < count; i += n) {
        struct mark marks[BATCH] UNSET;

        n = count - i < BATCH ? count - i : BATCH;
        memcpy(marks, p->marks.at + i * sizeof *marks, n * sizeof *marks);
        for (size_t k = 0; k < n; k++)
            rows[k] = (struct text){p->content.at + marks[k].from, marks[k].len};
        keyer_rows(keyer, rows, n, digests);
        for (size_t k = 0; k < n; k++)
            for (size_t b = 0; b < 16; b++) {
                p->out->at[marks[k].at + 2 * b] = hex[digests[k][b] >> 4];
                p->out->at[marks[k].at + 2 * b + 1] = hex[digests[k][b] & 15];
            }
    }
    return HEDUI_OK;
}

/* What all rows of one file of a delivery say alike, up to the number of the line. */
static void
delivery_put(struct provenance *p, struct json *json, uint32_t entry, uint32_t file)
{
    const struct delivery_info *info = delivery_info(snapshot_entry(p->snapshot, entry)->delivery);
    struct row_before *before = &p->before;

    if (before->len > 0 && before->entry == entry && before->file == file) {
        buf_repeat(p->out, before->from, before->len);
        json->needs_comma = false;
        return;
    }
    before->entry = entry;
    before->file = file;
    before->from = p->out->len;
    json_raw(json, p->deliveries[entry]);
    json_key(json, "file");
    json_text(json, file < info->file_count ? info->files[file] : text_of(""));
    json_key(json, "line");
    before->len = p->out->len - before->from;
}

static void
row_put(struct provenance *p, struct json *json, const struct evidence_row *evidence)
{
    const struct household_row *row = evidence->of;
    const struct delivery *delivery = snapshot_entry(p->snapshot, row->entry_number)->delivery;
    struct locator at = delivery_locate_near(delivery, row->row, &p->before.block);
    size_t from = p->content.len;

    json_object(json);
    json_key(json, "row");
    json_text(json, evidence->row);
    delivery_put(p, json, row->entry_number, at.file);
    json_uint(json, at.line);
    cells_bytes(&p->content, row->kind, row->cells);
    json_key(json, "row_digest");
    digest_later(p, json, from);
    json_raw(json, p->mappings[row->entry_number]);
    json_key(json, "match");
    json_str(json, match_class_name(row->match));
    json_end_object(json);
}

void
verdict_provenance(struct provenance *p, const struct household *household,
                   const struct judgement *judgement)
{
    struct json json;
    size_t from = p->content.len;

    for (uint32_t i = 0; i < household->person_count; i++)
        cells_bytes(&p->content, household->model->applicant, household->persons[i].cells);
    json_begin(&json, p->out);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, household->case_no);
    json_key(&json, "application_digest");
    digest_later(p, &json, from);
    json_raw(&json, p->shared);
    json_key(&json, "rows");
    json_array(&json);
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        for (uint32_t e = 0; e < judgement->findings[i].evidence_count; e++) {
            const struct evidence_row *row = &judgement->findings[i].evidence[e];

            if (row->of != NULL && row->of->entry_number != UINT32_MAX)
                row_put(p, &json, row);
        }
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
}
