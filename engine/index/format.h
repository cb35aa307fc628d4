/* SPDX-License-Identifier: Apache-2.0 */
/* format.h: the bytes of a delivery file, version 3. docs/FORMATS.md explains each; this is the
 * same in C. All integers little-endian.
 *
 * Why      the head holds the SHA-256 of every unit of the body, so the SHA-256 of the head names
 *          the whole file, and a head that is read and compared once is enough to trust each
 *          later unit alone. */
#ifndef HEDUI_INDEX_FORMAT_H
#define HEDUI_INDEX_FORMAT_H

#include <stdint.h>

#include "engine/base/crypt.h"

#define DELIVERY_MAGIC "HEDUI-DL"
#define DELIVERY_VERSION 3
#define BODY_AT 4096            /* first byte of the body; before it: struct head_start and zeros */
#define UNIT_BYTES (256u << 10) /* of the body, from its first byte on; the last may be shorter */
#define ALIGN_BYTES 64

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a big-endian machine needs swaps here");

struct head_start { /* byte 0 of the file; zeros up to BODY_AT */
    char magic[8];
    uint32_t version, section_count;
    uint64_t file_bytes;
    uint64_t head_at;   /* behind the body, to the end of the file: sections, blocks, units, meta */
    uint64_t head_hash; /* XXH3 of the first BODY_AT bytes, this field as 0, and the head */
    uint32_t block_count, unit_count;
    uint32_t meta_bytes, unit_bytes;
    uint64_t unused;
};

enum section_what {
    SECTION_OWNERS = 1,  /* count × struct key128, ascending */
    SECTION_COUNTS,      /* rows per owner; count: bytes of each (1, 2, 4) */
    SECTION_DIRECTORY,   /* count + 1 × struct slot_entry; count: a power of two */
    SECTION_BLOCKS,      /* of each block its columns, then its places: file and line of each row */
    SECTION_VOCABULARY,  /* of field `field`: count + 1 offsets (u32), then the bytes */
    SECTION_NAMES,       /* of field `field`: count × struct name_entry */
    SECTION_REFUSED,     /* count × struct refused_entry, ascending */
    SECTION_MENDED,      /* count × u64, ascending */
    SECTION_SEALED,      /* originals of field `field`: count blocks, each sealed by itself */
    SECTION_SEALED_LIST, /* of the same: count × struct sealed_entry */
};

struct section_entry {
    uint32_t what, field;
    uint64_t at, bytes; /* in the file; at: a multiple of 64 */
    uint64_t count;
};

struct block_entry {                /* rows of consecutive buckets */
    uint64_t columns_at, places_at; /* in SECTION_BLOCKS; multiples of 8 */
    uint32_t columns_bytes, places_bytes;
    uint32_t row_first, rows;
    uint32_t owner_first, owners;
    uint32_t bucket_first, bucket_end; /* of the first BUCKET_BITS bits of the pseudonym */
};

struct unit_entry {
    uint64_t hash;                /* XXH3: checked when the unit is touched first */
    uint8_t digest[DIGEST_BYTES]; /* SHA-256: checked by verify */
};

struct slot_entry { /* owners whose first bits are the slot's number begin here */
    uint32_t owner_first, row_first;
};

struct block_start { /* then stream_count × struct stream_entry, then packed numbers */
    uint32_t rows, owners, stream_count, bytes;
};

enum stream_mode { STREAM_BY_ROW = 0, STREAM_BY_OWNER = 1 };
enum state_mode {
    STATES_VALUE = 0,       /* every row has a value */
    STATES_NONE = 1,        /* no row has one: all none */
    STATES_UNKNOWN = 2,     /* … all unknown */
    STATES_BIT_NONE = 3,    /* a bit a row: 1 is none */
    STATES_BIT_UNKNOWN = 4, /* a bit a row: 1 is unknown */
    STATES_TWO_BITS = 5,    /* enum cell_state */
};

struct stream_entry {
    uint64_t base; /* number = base + packed, modulo 2^64 */
    uint8_t mode, width;
    uint8_t state_mode; /* in the first stream of a field only */
    uint8_t row_width;  /* bits of an exception's row */
    uint32_t values_at; /* from the block's first byte; one a row, or one an owner */
    uint32_t exception_count, exceptions_at; /* rows packed, then their numbers packed */
    uint32_t states_at, unused;
};

struct places_start { /* then packed: file << line_bits | line, less base */
    uint64_t base;
    uint32_t width, unused;
};

struct refused_entry {
    uint64_t hi, lo; /* pseudonym; all ones where the owner was not readable */
    uint64_t place;  /* bit 63: has an owner; bits 36 to 47: file; 0 to 35: line */
};

struct sealed_entry {     /* ascending by file and first */
    uint64_t first, last; /* lines of the file; of names: numbers in NAMES */
    uint64_t at;          /* in the section: where the block before it ends */
    uint32_t bytes, file; /* file: 0 for names */
};

_Static_assert(sizeof(struct head_start) == 64, "layout");
_Static_assert(sizeof(struct sealed_entry) == 32, "layout");
_Static_assert(sizeof(struct section_entry) == 32, "layout");
_Static_assert(sizeof(struct block_entry) == 48, "layout");
_Static_assert(sizeof(struct unit_entry) == 40, "layout");
_Static_assert(sizeof(struct stream_entry) == 32, "layout");
_Static_assert(sizeof(struct refused_entry) == 24, "layout");

#endif
