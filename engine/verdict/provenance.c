/* SPDX-License-Identifier: Apache-2.0 */
/* provenance.c: the line of provenance.jsonl: what depends on arrival, keys and versions. */
#include <hedui/version.h>

#include "engine/verdict/verdict.h"

#include "engine/base/ban.h"

/* The normalised content of some cells, as bytes to digest: state, number, text, field by field. */
static void
cells_bytes(struct buf *out, const struct kind *kind, const struct cell *cells)
{
    for (uint32_t f = 0; f < kind->field_count; f++) {
        buf_byte(out, (char)('0' + cells[f].state));
        if (cells[f].state == CELL_VALUE && kind->fields[f].type == FIELD_IDENTITY) {
            buf_put(out, &cells[f].key, sizeof cells[f].key);
        } else if (cells[f].state == CELL_VALUE) {
            buf_int(out, cells[f].number);
            if (kind->fields[f].type == FIELD_TEXT || kind->fields[f].type == FIELD_NAME)
                buf_text(out, cells[f].text);
        }
        buf_byte(out, '\0');
    }
}

static void
keyed_put(struct json *json, const char *name, struct keyer *keyer, const struct buf *bytes)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t digest[16];
    char text[32];

    keyer_row(keyer, bytes->at, bytes->len, digest);
    for (size_t i = 0; i < 16; i++) {
        text[2 * i] = hex[digest[i] >> 4];
        text[2 * i + 1] = hex[digest[i] & 15];
    }
    json_key(json, name);
    json_text(json, (struct text){text, 32});
}

static void
row_put(struct json *json, const struct evidence_row *evidence, const struct snapshot *snapshot,
        struct keyer *keyer, struct buf *bytes)
{
    const struct household_row *row = evidence->of;
    const struct delivery *delivery = snapshot_entry(snapshot, row->entry_number)->delivery;
    const struct delivery_info *info = delivery_info(delivery);
    struct locator at = delivery_locate(delivery, row->row);

    json_object(json);
    json_key(json, "row");
    json_text(json, evidence->row);
    json_digest(json, "delivery", &info->digest);
    json_key(json, "file");
    json_text(json, at.file < info->file_count ? info->files[at.file] : text_of(""));
    json_key(json, "line");
    json_uint(json, at.line);
    buf_reset(bytes);
    cells_bytes(bytes, row->kind, row->cells);
    keyed_put(json, "row_digest", keyer, bytes);
    json_key(json, "mapping");
    json_text(json, info->mapping);
    json_key(json, "mapping_version");
    json_int(json, info->mapping_version);
    json_key(json, "match");
    json_str(json, match_class_name(row->match));
    json_end_object(json);
}

void
verdict_provenance(struct buf *out, const struct pack *pack, const struct household *household,
                   const struct judgement *judgement, const struct snapshot *snapshot,
                   struct keyer *keyer)
{
    struct json json;
    struct buf bytes;

    buf_init(&bytes, true);
    for (uint32_t p = 0; p < household->person_count; p++)
        cells_bytes(&bytes, household->model->applicant, household->persons[p].cells);
    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "case_no");
    json_text(&json, household->case_no);
    keyed_put(&json, "application_digest", keyer, &bytes);
    json_key(&json, "snapshot");
    json_uint(&json, snapshot_id(snapshot));
    json_digest(&json, "snapshot_digest", snapshot_digest(snapshot));
    json_digest(&json, "model_digest", &household->model->digest);
    json_key(&json, "engine");
    json_str(&json, HEDUI_VERSION);
    json_digest(&json, "pack_hash", pack_hash(pack));
    json_key(&json, "rows");
    json_array(&json);
    for (uint32_t i = 0; i < judgement->finding_count; i++)
        for (uint32_t e = 0; e < judgement->findings[i].evidence_count; e++) {
            const struct evidence_row *row = &judgement->findings[i].evidence[e];

            if (row->of != NULL && row->of->entry_number != UINT32_MAX)
                row_put(&json, row, snapshot, keyer, &bytes);
        }
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
    buf_release(&bytes);
}
