/* SPDX-License-Identifier: Apache-2.0 */
/* A damaged delivery whose checksums were made right again, so that damage gets past them: opening
 * refuses it, or every probe and every row stays inside its bytes.
 *
 * The input is a list of edits over a delivery that this program seals itself, so that a corpus
 * outlives a change of the format: byte 0 chooses the delivery, byte 1 what is repaired, then 8
 * bytes an edit: how (1), where it is counted from (1), place (2), value (4). */
#include "tests/fuzz/fuzz.h"

#include "engine/base/hash.h"
#include "engine/index/format.h"

#define SEEDS_MAX 8
#define ROOM 65536 /* bytes of a delivery and its edits; samples are smaller */

static struct seed {
    uint8_t *bytes;
    size_t len;
    uint32_t owner_count;
    struct key128 owners[64];
} seeds[SEEDS_MAX];
static uint32_t seed_count;
static uint64_t key_id;
static volatile uint64_t sum; /* so that reading is not optimised away */

/* Owners as the untouched delivery has them. */
static void
owners_find(struct seed *seed)
{
    struct head_start head;
    struct section_entry section;

    memcpy(&head, seed->bytes, sizeof head);
    for (uint32_t i = 0; i < head.section_count; i++) {
        memcpy(&section, seed->bytes + head.head_at + i * sizeof section, sizeof section);
        if (section.what != SECTION_OWNERS)
            continue;
        seed->owner_count = section.count < LEN(seed->owners) ? (uint32_t)section.count
                                                              : (uint32_t)LEN(seed->owners);
        memcpy(seed->owners, seed->bytes + section.at, seed->owner_count * sizeof(struct key128));
    }
}

static void
seeds_make(void)
{
    static struct arena arena;
    const char *data = fuzz_data();
    struct master_key *key;
    struct text *names, bytes, dir, path;
    size_t count;
    struct err err;

    arena_init(&arena, "fuzz", 0, false);
    dir = arena_printf(&arena, "%s/deliveries", data);
    if (sys_list_dir(&names, &count, dir.at, &arena, &err) ||
        master_key_open(&key, data, NULL, NULL, &err))
        abort();
    key_id = master_key_id(key);
    master_key_close(key);
    for (size_t i = 0; i < count && seed_count < SEEDS_MAX; i++) {
        struct seed *seed = &seeds[seed_count];

        if (!text_ends(names[i], TEXT(".hdl")))
            continue; /* a key that seals originals */
        seed_count++;
        path = arena_printf(&arena, "%s/" TEXT_FMT, dir.at, TEXT_ARG(names[i]));
        if (sys_slurp(&bytes, path.at, ROOM / 2, &arena, &err))
            abort();
        seed->len = bytes.len;
        seed->bytes = malloc(bytes.len);
        if (seed->bytes == NULL)
            abort();
        memcpy(seed->bytes, bytes.at, bytes.len);
        owners_find(seed);
    }
    if (sys_remove_tree(data, &err) != HEDUI_OK || seed_count == 0)
        abort();
}

/* One edit: a small or large number over 1, 2, 4 or 8 bytes, an addition to them, or a cut. */
static void
edit(uint8_t *bytes, size_t *len, const uint8_t *by)
{
    struct head_start head;
    uint16_t place;
    uint32_t value;
    size_t width = (size_t)1 << (by[0] & 3), at;
    uint64_t old = 0;

    memcpy(&place, by + 2, sizeof place);
    memcpy(&value, by + 4, sizeof value);
    memcpy(&head, bytes, sizeof head);
    at = place;
    if ((by[1] & 3) == 1 && head.head_at < *len)
        at += head.head_at; /* the tables */
    if ((by[1] & 3) == 2)
        at += BODY_AT;
    if (*len < BODY_AT + 8 || at > *len - 8)
        return;
    if ((by[0] & 0x70) == 0x70) {
        *len = at + 8;
        return;
    }
    memcpy(&old, bytes + at, width);
    old = (by[0] & 4) != 0 ? old + value : value;
    if ((by[0] & 8) != 0)
        old = ~old;
    if ((by[0] & 0x10) != 0)
        old <<= 8 * (width - 1);
    memcpy(bytes + at, &old, width);
}

static void
repair(uint8_t *bytes, size_t len, uint8_t what)
{
    static uint8_t head_copy[ROOM];
    struct head_start head;
    uint64_t units_at;

    memcpy(&head, bytes, sizeof head);
    if ((what & 1) != 0)
        head.file_bytes = len;
    memcpy(bytes, &head, sizeof head);
    if (head.head_at < BODY_AT || head.head_at > len)
        return;
    units_at = head.head_at + (uint64_t)head.section_count * sizeof(struct section_entry) +
               (uint64_t)head.block_count * sizeof(struct block_entry);
    for (uint64_t i = 0; (what & 2) != 0 && i < head.unit_count && i < 4; i++) {
        uint64_t from = BODY_AT + i * UNIT_BYTES, at = units_at + i * sizeof(struct unit_entry);
        struct unit_entry unit;

        if (from >= head.head_at || at + sizeof unit > len)
            break;
        uint64_t n = head.head_at - from < UNIT_BYTES ? head.head_at - from : UNIT_BYTES;
        struct digest digest = digest_of(bytes + from, n);
        unit.hash = hash_bytes(bytes + from, n, 0);
        memcpy(unit.digest, digest.bytes, sizeof unit.digest);
        memcpy(bytes + at, &unit, sizeof unit);
    }
    head.head_hash = 0;
    memcpy(head_copy, bytes, BODY_AT);
    memcpy(head_copy, &head, sizeof head);
    memcpy(head_copy + BODY_AT, bytes + head.head_at, len - head.head_at);
    head.head_hash = hash_bytes(head_copy, BODY_AT + len - head.head_at, 0);
    memcpy(bytes, &head, sizeof head);
}

/* Reads every byte of every text: outside of the map is outside of the copy. */
static void
cells_read(const struct kind *kind, const struct cell *cells)
{
    for (uint32_t f = 0; f < kind->field_count; f++) {
        enum field_type type = kind->fields[f].type;

        assert(cells[f].state <= CELL_UNKNOWN);
        if (cells[f].state != CELL_VALUE || (type != FIELD_TEXT && type != FIELD_NAME))
            continue;
        for (size_t i = 0; i < cells[f].text.len; i++)
            sum = sum + (uint8_t)cells[f].text.at[i];
    }
}

static void
rows_read(const struct delivery *delivery, const struct seed *seed)
{
    static struct cell cells[64 * FIELDS_MAX];
    const struct kind *kind = delivery_kind(delivery);
    struct row_span spans[LEN(seed->owners)];

    delivery_probe(delivery, seed->owners, seed->owner_count, spans);
    for (uint32_t i = 0; i < seed->owner_count; i++) {
        uint32_t count = spans[i].count < 64 ? spans[i].count : 64;
        struct cell *at = cells;

        for (uint32_t r = 0; r < count; r++) {
            memset(cells, 0, sizeof cells);
            if (delivery_row(delivery, spans[i].first + r, seed->owners[i], cells))
                cells_read(kind, cells);
            sum = sum + delivery_locate(delivery, spans[i].first + r).line;
        }
        if (spans[i].count > 64)
            continue;
        memset(cells, 0, sizeof cells);
        if (delivery_rows(delivery, &spans[i], &seed->owners[i], &at, 1))
            for (uint32_t r = 0; r < count; r++)
                cells_read(kind, cells + (size_t)r * kind->field_count);
    }
    for (uint32_t i = 0; i < delivery_refused_count(delivery); i++) {
        bool has_owner;
        sum = sum + delivery_refused_owner(delivery, i, &has_owner).lo;
        sum = sum + delivery_refused_at(delivery, i).line;
    }
    for (uint32_t i = 0; i < delivery_mended_count(delivery); i++)
        sum = sum + delivery_mended_at(delivery, i).line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t bytes[ROOM];
    const struct seed *seed;
    struct delivery *delivery = NULL;
    struct err err;
    void *copy;
    size_t n;

    if (seed_count == 0)
        seeds_make();
    if (len < 2)
        return 0;
    seed = &seeds[data[0] % seed_count];
    n = seed->len;
    memcpy(bytes, seed->bytes, n);
    for (size_t at = 2; at + 8 <= len && at < 2 + 8 * 64; at += 8)
        edit(bytes, &n, data + at);
    repair(bytes, n, data[1]);
    if (posix_memalign(&copy, 64, n) != 0) /* exactly so many: a byte too far is seen */
        abort();
    memcpy(copy, bytes, n);
    if (delivery_open_bytes(&delivery, copy, n, "fuzz", fuzz_model(), key_id, &err) == HEDUI_OK) {
        rows_read(delivery, seed);
        if (len == 2)
            assert(delivery_verify(delivery, &err) == HEDUI_OK);
        else
            (void)!delivery_verify(delivery, &err);
        delivery_close(delivery);
    }
    free(copy);
    return 0;
}
