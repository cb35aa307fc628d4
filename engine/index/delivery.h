/* SPDX-License-Identifier: Apache-2.0 */
/* delivery.h: one feed handed over once: columns, an index by owner, a digest for a name.
 *
 * From     records, sealed by the builder (index/build.h); never changed again
 * To       a snapshot, which lists deliveries by digest; match, which probes them
 * Lives    in the world that opened it: the rows in one map
 * Threads  once open, any number may probe and read; neither allocates
 * Errors   opening, verifying and delivery_sound() answer; whatever a file holds, nothing is read
 *          outside it
 * Why      provenance quotes the digests that a verdict saw. */
#ifndef HEDUI_INDEX_DELIVERY_H
#define HEDUI_INDEX_DELIVERY_H

#include "engine/base/arena.h"
#include "engine/base/crypt.h"
#include "engine/model/cell.h"
#include "engine/model/kind.h"

enum delivery_mode { DELIVERY_COMPLETE = 1 };

struct delivery_info { /* from the header; texts live as long as the delivery */
    struct digest digest;
    struct text source, kind, mapping;
    int64_t mapping_version;
    int32_t as_of; /* days */
    enum delivery_mode mode;
    uint32_t division_count; /* 0: all */
    const struct text *divisions;
    uint32_t month_count; /* covered months, ascending; only kinds with a period */
    const int32_t *months;
    uint64_t key_id, rows, owners, physical, refused, collapsed, ignored;
    bool is_partial; /* for everyone: too many refused rows without a readable owner */
    bool is_mend;    /* it mends another delivery: `mends` */
    struct digest mends, mapping_digest, model_digest;
    int64_t normaliser;    /* NAME_NORMALISER at build */
    bool is_sealed;        /* originals of names and sensitive texts are in it (originals.h) … */
    struct digest sealing; /* … and this says which */
    uint32_t file_count;
    const struct text *files; /* base names of the inputs, for provenance */
    const struct digest *file_digests;
    uint64_t bytes; /* of the delivery file */
};

struct delivery;

/* Checks magic, version, length, head digest, the kind and field list against `model`, and
 * `key_id`. A sealed delivery whose fields differ from the model's is HEDUI_E_FORMAT with what to
 * do. The file is mapped. */
HEDUI_CHECKED hedui_status delivery_open(struct delivery **out, const char *path,
                                         const struct model *model, uint64_t key_id,
                                         struct err *err);
/* The same for bytes in memory, aligned to 64, that stay the caller's: for tests and fuzzing. */
HEDUI_CHECKED hedui_status delivery_open_bytes(struct delivery **out, const void *bytes, size_t n,
                                               const char *name, const struct model *model,
                                               uint64_t key_id, struct err *err);
void delivery_close(struct delivery *delivery); /* NULL and half-open welcome */
const struct delivery_info *delivery_info(const struct delivery *delivery);
const struct kind *delivery_kind(const struct delivery *delivery);
/* Every block's checksum and the digest. HEDUI_E_FORMAT says where. */
HEDUI_CHECKED hedui_status delivery_verify(const struct delivery *delivery, struct err *err);

/* Is all that was read so far what was sealed? To be asked after the last look and before an answer
 * leaves: a file that is cut or written over under its readers, or a damaged block, shows here.
 * HEDUI_E_FORMAT says what to do. */
HEDUI_CHECKED hedui_status delivery_sound(const struct delivery *delivery, struct err *err);

struct row_span { /* the rows of one owner, consecutive; count 0: none */
    uint64_t first;
    uint32_t count;
    uint32_t owner; /* the delivery's number of the person; for delivery_rows */
};
/* keys[n] in any order, repeats allowed; spans[n]. Group prefetching inside. */
void delivery_probe(const struct delivery *delivery, const struct key128 *keys, size_t n,
                    struct row_span *spans);
/* One row: cells[kind->field_count]; the owner's cell holds the pseudonym `owner`. Texts point into
 * the map (plain text from the dictionary; masked forms). Blocks are checksum-verified on first
 * touch; a bad block answers false and fences the delivery (delivery_sound). */
bool delivery_row(const struct delivery *delivery, uint64_t row, struct key128 owner,
                  struct cell *cells);
/* All rows of the spans that delivery_probe gave for these owners: cells[i] has room for count ×
 * kind->field_count cells, row after row, all zero before the call. Reads column by column, many
 * persons at once, because each of them is a miss of the cache. */
bool delivery_rows(const struct delivery *delivery, const struct row_span *spans,
                   const struct key128 *owners, struct cell *const *cells, size_t n);
/* The same for who needs a few fields: cells of the others stay zero. */
struct row_wants {
    uint64_t fields; /* a bit each; the owner's is always there */
    uint64_t texts;  /* of these: whose text is wanted too, beside number, tag and check */
};
bool delivery_rows_of(const struct delivery *delivery, const struct row_span *spans,
                      const struct key128 *owners, struct cell *const *cells, size_t n,
                      const struct row_wants *wants);
struct locator {
    uint32_t file; /* number in delivery_info.files */
    uint64_t line;
};
/* Line 0: the place cannot be read, and the delivery is fenced. */
struct locator delivery_locate(const struct delivery *delivery, uint64_t row);
/* The same; *near: where the row before was found, of any delivery, or 0. Rows of one person stand
 * together, and mostly are asked for together. */
struct locator delivery_locate_near(const struct delivery *delivery, uint64_t row, uint32_t *near);
/* Rows of these persons were refused (sorted pseudonyms, repeats possible) and where they stood. */
uint32_t delivery_refused_count(const struct delivery *delivery);
struct key128 delivery_refused_owner(const struct delivery *delivery, uint32_t i, bool *has_owner);
struct locator delivery_refused_at(const struct delivery *delivery, uint32_t i);
/* Mending: the rows (of the delivery it mends) that this one brings back. */
uint32_t delivery_mended_count(const struct delivery *delivery);
struct locator delivery_mended_at(const struct delivery *delivery, uint32_t i);

#endif
