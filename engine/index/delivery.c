/* SPDX-License-Identifier: Apache-2.0 */
/* delivery.c: opening maps the file and trusts the head only after its checksum; the index is
 * checked whole, columns and provenance unit by unit when they are touched. */
#include "engine/index/delivery.h"

#include <assert.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/hash.h"
#include "engine/index/delivery_file.h"
#include "engine/index/meta.h"
#include "engine/index/pack.h"
#include "engine/model/name.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

static hedui_status
damaged(const char *path, const char *zh, const char *en, struct err *err)
{
    return err_set(err, HEDUI_E_FORMAT,
                   "数据文件 '%s' 损坏：%s。请从备份恢复，或重新导入\n"
                   "delivery '%s' is damaged: %s; bring it back from the backup or ingest again",
                   path, zh, path, en);
}

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "系统内存不足\nno memory left for a delivery");
}

void
delivery_close(struct delivery *delivery)
{
    if (delivery == NULL)
        return;
    map_close(&delivery->file);
    mem_free((void *)(uintptr_t)delivery->unit_states);
    arena_release(&delivery->arena);
    mem_free(delivery);
}

const struct delivery_info *
delivery_info(const struct delivery *delivery)
{
    return &delivery->info;
}

const struct kind *
delivery_kind(const struct delivery *delivery)
{
    return delivery->kind;
}

/* Does the name "<64 hex digits>.hdl" say another digest? Other names say nothing. */
static bool
is_misnamed(const char *path, const struct digest *digest)
{
    const char *slash = strrchr(path, '/');
    struct text name = text_of(slash == NULL ? path : slash + 1);
    struct digest said;

    if (name.len != 2 * DIGEST_BYTES + 4 || !text_ends(name, TEXT(".hdl")))
        return false;
    name.len -= 4;
    return digest_read(&said, name) && memcmp(&said, digest, sizeof said) != 0;
}

/* The first page and the head into memory of our own, one behind the other: they say where all else
 * is, and must not change after the check. start: the first bytes, as they were when the length was
 * compared. */
static hedui_status
head_load(struct delivery *delivery, const struct head_start *start, const char *path,
          struct err *err)
{
    struct head_start *copy;
    size_t len;
    uint64_t hash;

    if (start->head_at > delivery->bytes || start->head_at % ALIGN_BYTES != 0 ||
        start->head_at < BODY_AT)
        return damaged(path, "文件头不对", "its head is wrong", err);
    len = BODY_AT + (delivery->bytes - start->head_at);
    copy = arena_alloc(&delivery->arena, len, 1);
    if (copy == NULL)
        return arena_full(&delivery->arena, err);
    memcpy(copy, delivery->map, BODY_AT);
    memcpy((uint8_t *)copy + BODY_AT, delivery->map + start->head_at, len - BODY_AT);
    delivery->info.digest = digest_of(copy, len);
    copy->head_hash = 0;
    hash = hash_bytes(copy, len, 0);
    copy->head_hash = start->head_hash;
    if (hash != start->head_hash || memcmp(copy, start, sizeof *start) != 0)
        return damaged(path, "文件头校验不符", "its head does not match its checksum", err);
    delivery->head = copy;
    delivery->sections = (const void *)((const uint8_t *)copy + BODY_AT);
    return HEDUI_OK;
}

static hedui_status
head_check(struct delivery *delivery, const char *path, struct err *err)
{
    struct head_start start;
    const struct head_start *head = &start;
    uint64_t tables, body;

    if (delivery->bytes < BODY_AT)
        return damaged(path, "长度不足", "it is cut", err);
    memcpy(&start, delivery->map, sizeof start);
    if (memcmp(head->magic, DELIVERY_MAGIC, sizeof head->magic) != 0)
        return damaged(path, "不是数据文件", "it is not a delivery", err);
    if (head->version != DELIVERY_VERSION)
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件 '%s' 的版本是 %u，本程序只读版本 %d，请换用相应版本的程序，或重新"
                       "导入\ndelivery '%s' is of version %u, this program reads version %d: use "
                       "the program that made it, or ingest again",
                       path, head->version, DELIVERY_VERSION, path, head->version,
                       DELIVERY_VERSION);
    if (head->file_bytes != delivery->bytes)
        return damaged(path, "长度不对", "its length is not what its head says", err);
    TRY(head_load(delivery, head, path, err));
    head = delivery->head;
    body = head->head_at - BODY_AT;
    tables = (uint64_t)head->section_count * sizeof(struct section_entry) +
             (uint64_t)head->block_count * sizeof(struct block_entry) +
             (uint64_t)head->unit_count * sizeof(struct unit_entry);
    if (head->unit_bytes != UNIT_BYTES ||
        (body + UNIT_BYTES - 1) / UNIT_BYTES != head->unit_count ||
        tables + head->meta_bytes != head->file_bytes - head->head_at)
        return damaged(path, "文件头不对", "its head is wrong", err);
    delivery->info.bytes = delivery->bytes;
    if (is_misnamed(path, &delivery->info.digest))
        return damaged(path, "内容与文件名的摘要不符", "it is not what its name says", err);
    delivery->blocks = (const void *)(delivery->sections + head->section_count);
    delivery->units = (const void *)(delivery->blocks + head->block_count);
    return HEDUI_OK;
}

bool
delivery_touch(const struct delivery *delivery, uint64_t at, uint64_t len)
{
    uint64_t body_end = delivery->head->head_at, end = at + len;

    assert(at >= BODY_AT && end >= at && end <= body_end);
    for (uint64_t i = (at - BODY_AT) / UNIT_BYTES; len > 0 && BODY_AT + i * UNIT_BYTES < end; i++) {
        uint64_t from = BODY_AT + i * UNIT_BYTES;
        uint64_t n = body_end - from < UNIT_BYTES ? body_end - from : UNIT_BYTES;
        unsigned char state = atomic_load_explicit(&delivery->unit_states[i], memory_order_acquire);
        if (state == UNIT_NEW) {
            bool is_good = hash_bytes(delivery->map + from, n, 0) == delivery->units[i].hash;
            state = is_good ? UNIT_GOOD : UNIT_BAD;
            atomic_store_explicit(&delivery->unit_states[i], state, memory_order_release);
        }
        if (state != UNIT_GOOD)
            return delivery_fence(delivery);
    }
    return true;
}

/* The texts of one field, which must be a field's once. */
static bool
words_take(struct delivery *d, const struct section_entry *s, const uint8_t *at)
{
    uint64_t offsets = (s->count + 1) * sizeof(uint32_t);

    if (s->count > UINT32_MAX || s->field >= FIELDS_MAX || s->bytes < offsets ||
        d->words[s->field].offsets != NULL)
        return false;
    d->words[s->field] = (struct words){
        .offsets = (const void *)at,
        .bytes = (const char *)(at + offsets),
        .count = (uint32_t)s->count,
        .at = s->at,
        .len = s->bytes - offsets,
    };
    return true;
}

static bool
names_take(struct delivery *d, const struct section_entry *s, const uint8_t *at)
{
    if (s->count > UINT32_MAX || s->field >= FIELDS_MAX ||
        s->bytes != s->count * sizeof(struct name_entry) || d->names[s->field].entries != NULL)
        return false;
    d->names[s->field].entries = (const void *)at;
    d->names[s->field].count = (uint32_t)s->count;
    d->names[s->field].at = s->at;
    return true;
}

static bool
sealed_take(struct delivery *d, const struct section_entry *s)
{
    if (s->field >= FIELDS_MAX || s->count > UINT32_MAX || d->sealed[s->field].section != NULL)
        return false;
    d->sealed[s->field].section = s;
    return true;
}

/* Behind the section that it is the list of. */
static bool
sealed_list_take(struct delivery *d, const struct section_entry *s, const uint8_t *at)
{
    if (s->field >= FIELDS_MAX || d->sealed[s->field].section == NULL ||
        d->sealed[s->field].list != NULL || s->count != d->sealed[s->field].section->count ||
        s->bytes != s->count * sizeof(struct sealed_entry))
        return false;
    d->sealed[s->field].list = (const void *)at;
    d->sealed[s->field].list_at = s->at;
    d->sealed[s->field].count = (uint32_t)s->count;
    return true;
}

static bool
directory_take(struct delivery *d, const struct section_entry *s, const uint8_t *at)
{
    uint32_t bits = 0;

    while (bits < 32 && UINT64_C(1) << bits < s->count)
        bits++;
    if (d->directory != NULL || s->count != UINT64_C(1) << bits ||
        s->bytes != (s->count + 1) * sizeof *d->directory)
        return false;
    d->directory = (const void *)at;
    d->slot_shift = 63 - bits;
    return true;
}

/* Takes one section in. false: it cannot be, with the checksums right: not one of ours. Each stands
 * once; COUNTS behind the OWNERS that it counts for. */
static bool
section_take(struct delivery *d, const struct section_entry *s)
{
    const uint8_t *at = d->map + s->at;
    bool is_list = s->count <= UINT32_MAX;

    switch ((enum section_what)s->what) {
    case SECTION_OWNERS:
        is_list &= d->owners == NULL && s->bytes == s->count * sizeof *d->owners;
        d->owners = (const void *)at;
        d->owner_count = (uint32_t)s->count;
        return is_list;
    case SECTION_COUNTS:
        if (d->counts != NULL || d->owners == NULL)
            return false;
        d->counts = at;
        d->count_bytes = (uint32_t)s->count;
        return (s->count == 1 || s->count == 2 || s->count == 4) &&
               s->bytes == s->count * d->owner_count;
    case SECTION_DIRECTORY:
        return directory_take(d, s, at);
    case SECTION_BLOCKS:
        is_list = d->packed == NULL;
        d->packed = s;
        return is_list;
    case SECTION_VOCABULARY:
        return words_take(d, s, at);
    case SECTION_NAMES:
        return names_take(d, s, at);
    case SECTION_SEALED:
        return sealed_take(d, s);
    case SECTION_SEALED_LIST:
        return sealed_list_take(d, s, at);
    case SECTION_REFUSED:
        is_list &= d->refused == NULL && s->bytes == s->count * sizeof *d->refused;
        d->refused = (const void *)at;
        d->refused_count = (uint32_t)s->count;
        return is_list;
    case SECTION_MENDED:
        is_list &= d->mended == NULL && s->bytes == s->count * sizeof *d->mended;
        d->mended = (const void *)at;
        d->mended_count = (uint32_t)s->count;
        return is_list;
    }
    return false;
}

/* What a probe reads without asking must be good from the start. */
static bool
is_read_unasked(const struct section_entry *s)
{
    return s->what == SECTION_OWNERS || s->what == SECTION_COUNTS || s->what == SECTION_DIRECTORY ||
           s->what == SECTION_REFUSED || s->what == SECTION_MENDED;
}

static hedui_status
sections_take(struct delivery *d, const char *path, struct err *err)
{
    for (uint32_t i = 0; i < d->head->section_count; i++) {
        const struct section_entry *s = &d->sections[i];
        if (s->at < BODY_AT || s->at > d->head->head_at || s->bytes > d->head->head_at - s->at ||
            s->at % ALIGN_BYTES != 0 || !section_take(d, s))
            return damaged(path, "目录不对", "its list of sections is wrong", err);
        if (is_read_unasked(s) && !delivery_touch(d, s->at, s->bytes))
            return damaged(path, "索引校验不符", "its index does not match its checksum", err);
    }
    if (d->owners == NULL || d->counts == NULL || d->directory == NULL || d->packed == NULL ||
        d->refused == NULL || d->mended == NULL)
        return damaged(path, "缺少部分", "a section is missing", err);
    return HEDUI_OK;
}

static hedui_status
blocks_check(struct delivery *d, const char *path, struct err *err)
{
    uint64_t row = 0, owner = 0;
    uint32_t bucket = 0;

    for (uint32_t b = 0; b < BUCKETS; b++)
        d->bucket_block[b] = d->head->block_count;
    for (uint32_t i = 0; i < d->head->block_count; i++) {
        const struct block_entry *b = &d->blocks[i];
        if (b->row_first != row || b->owner_first != owner || b->bucket_first < bucket ||
            b->bucket_end <= b->bucket_first || b->bucket_end > BUCKETS || b->rows == 0 ||
            b->columns_at % 8 != 0 || b->places_at % 8 != 0 ||
            b->columns_bytes > d->packed->bytes || b->places_bytes > d->packed->bytes ||
            b->columns_at > d->packed->bytes - b->columns_bytes ||
            b->places_at > d->packed->bytes - b->places_bytes ||
            b->columns_bytes < sizeof(struct block_start) + PACK_SLACK ||
            b->places_bytes < sizeof(struct places_start) + PACK_SLACK)
            return damaged(path, "块目录不对", "its list of blocks is wrong", err);
        row += b->rows;
        owner += b->owners;
        for (bucket = b->bucket_first; bucket < b->bucket_end; bucket++)
            d->bucket_block[bucket] = i;
    }
    if (row != d->info.rows || owner != d->owner_count || owner != d->info.owners)
        return damaged(path, "行数不对", "its number of rows is wrong", err);
    return HEDUI_OK;
}

/* Between what and what a stored number may lie, by the type of its field alone: what stands
 * outside was never written by us, and would be a place in a list of codes or a day that is none.
 */
static void
ranges_make(struct delivery *d)
{
    for (uint32_t f = 0; f < d->kind->field_count; f++) {
        const struct field *field = &d->kind->fields[f];
        struct range *range = &d->ranges[f];

        *range = (struct range){INT64_MIN, UINT64_MAX};
        if (field->type == FIELD_CODE)
            *range = (struct range){0, field->codes->count - 1};
        else if (field->type == FIELD_DATE)
            *range = (struct range){DAY_FIRST, (uint64_t)(DAY_LAST - DAY_FIRST)};
        else if (field->type == FIELD_MONTH)
            *range = (struct range){MONTH_FIRST, MONTH_LAST - MONTH_FIRST};
        else if (field->type == FIELD_MONEY)
            *range = (struct range){-MONEY_MAX_FEN, 2 * MONEY_MAX_FEN};
        else if (field->type == FIELD_BOOL)
            *range = (struct range){0, 1};
    }
}

static hedui_status
meta_take(struct delivery *d, const char *path, const struct model *model, uint64_t key_id,
          struct err *err)
{
    struct meta meta;
    struct json_node *root;
    struct digest digest = d->info.digest;
    hedui_status rc;
    struct text json = {(const char *)(d->units + d->head->unit_count), d->head->meta_bytes};

    rc = meta_read(&meta, &root, json, &d->arena, err);
    if (rc == HEDUI_E_MEMORY)
        return rc; /* the file may be good */
    if (rc != HEDUI_OK)
        return damaged(path, "说明读不出", "its description cannot be read", err);
    d->info = meta.info;
    d->info.digest = digest;
    d->info.bytes = d->bytes;
    d->line_bits = meta.line_bits;
    if (d->info.key_id != key_id)
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件 '%s' 用的是另一把密钥（%016llx），请用 --key 指明那把密钥\n"
                       "delivery '%s' was made under another key (%016llx): name that key with "
                       "--key",
                       path, (unsigned long long)d->info.key_id, path,
                       (unsigned long long)d->info.key_id);
    if (d->info.normaliser != NAME_NORMALISER)
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件 '%s' 的姓名按旧规则折叠，与本版不能比对，请重新接收原文件\n"
                       "names in delivery '%s' were folded by other rules and cannot be compared: "
                       "ingest its files again",
                       path, path);
    d->kind = model_kind(model, d->info.kind);
    if (d->kind == NULL)
        return err_set(err, HEDUI_E_FORMAT,
                       "词表里没有种类 '" TEXT_FMT "'，数据文件 '%s' 属于它\n"
                       "the model has no kind '" TEXT_FMT "', which delivery '%s' is of",
                       TEXT_ARG(d->info.kind), path, TEXT_ARG(d->info.kind), path);
    return meta_check_fields(root, d->kind, path, err);
}

/* What the bytes in d->map hold; `d` is closed where they are refused. */
static hedui_status
bytes_take(struct delivery **out, struct delivery *d, const char *path, const struct model *model,
           uint64_t key_id, struct err *err)
{
    hedui_status rc = HEDUI_OK;

    FAIL(head_check(d, path, err));
    FAIL(meta_take(d, path, model, key_id, err));
    row_plan_make(&d->plan, d->kind);
    ranges_make(d);
    d->unit_states = mem_resize(NULL, d->head->unit_count, sizeof *d->unit_states);
    if (d->unit_states == NULL)
        FAIL(no_memory(err));
    for (uint32_t i = 0; i < d->head->unit_count; i++)
        atomic_init(&d->unit_states[i], UNIT_NEW);
    FAIL(sections_take(d, path, err));
    FAIL(blocks_check(d, path, err));
    FAIL(delivery_sound(d, err));
done:
    if (rc == HEDUI_OK)
        *out = d;
    else
        delivery_close(d);
    return rc;
}

static hedui_status
delivery_new(struct delivery **out, struct err *err)
{
    struct delivery *d = mem_resize(NULL, 1, sizeof *d);

    if (d == NULL)
        return no_memory(err);
    memset(d, 0, sizeof *d);
    arena_init(&d->arena, "delivery", 0, false);
    *out = d;
    return HEDUI_OK;
}

hedui_status
delivery_open(struct delivery **out, const char *path, const struct model *model, uint64_t key_id,
              struct err *err)
{
    struct delivery *d = NULL;
    hedui_status rc;

    assert(out != NULL && path != NULL && model != NULL);
    TRY(delivery_new(&d, err));
    rc = map_open(&d->file, path, err);
    if (rc != HEDUI_OK) {
        delivery_close(d);
        return rc;
    }
    d->map = d->file.at;
    d->bytes = d->file.bytes;
    return bytes_take(out, d, path, model, key_id, err);
}

hedui_status
delivery_open_bytes(struct delivery **out, const void *bytes, size_t n, const char *name,
                    const struct model *model, uint64_t key_id, struct err *err)
{
    struct delivery *d = NULL;

    assert(out != NULL && model != NULL && (uintptr_t)bytes % ALIGN_BYTES == 0);
    TRY(delivery_new(&d, err));
    d->map = bytes;
    d->bytes = n;
    return bytes_take(out, d, name, model, key_id, err);
}

hedui_status
delivery_sound(const struct delivery *d, struct err *err)
{
    char hex[2 * DIGEST_BYTES + 1];

    if (d->file.at != NULL && !map_is_sound(&d->file))
        (void)delivery_fence(d);
    if (!atomic_load(&d->is_fenced))
        return HEDUI_OK;
    digest_hex(&d->info.digest, hex);
    return err_set(err, HEDUI_E_FORMAT,
                   "来源 '" TEXT_FMT "' 的数据文件 %s 已损坏，或在使用中被改动，结果作废。"
                   "请用 hedui snapshot verify 检查，从备份恢复或重新导入后重来\n"
                   "delivery %s of source '" TEXT_FMT "' is damaged, or was changed while it was "
                   "read, and nothing read from it counts: check with 'hedui snapshot verify', "
                   "bring it back from the backup or ingest again, and start over",
                   TEXT_ARG(d->info.source), hex, hex, TEXT_ARG(d->info.source));
}

hedui_status
delivery_verify(const struct delivery *d, struct err *err)
{
    char hex[2 * DIGEST_BYTES + 1];
    struct digest digest;

    digest_hex(&d->info.digest, hex);
    if (memcmp(d->map, d->head, BODY_AT) != 0 || /* the copy is what the digest is of */
        memcmp(d->map + d->head->head_at, d->sections, d->bytes - d->head->head_at) != 0)
        return damaged(hex, "文件头变了", "its head has changed", err);
    for (uint32_t i = 0; i < d->head->unit_count; i++) {
        uint64_t at = BODY_AT + (uint64_t)i * UNIT_BYTES;
        uint64_t n = d->head->head_at - at < UNIT_BYTES ? d->head->head_at - at : UNIT_BYTES;
        digest = digest_of(d->map + at, n);
        if (memcmp(digest.bytes, d->units[i].digest, DIGEST_BYTES) == 0 &&
            hash_bytes(d->map + at, n, 0) == d->units[i].hash)
            continue;
        atomic_store(&d->unit_states[i], UNIT_BAD);
        (void)delivery_fence(d);
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件 %s 从第 %llu 字节起的 %llu 字节损坏，请从备份恢复，或重新导入\n"
                       "delivery %s is damaged in the %llu bytes from byte %llu on; bring it back "
                       "from the backup or ingest again",
                       hex, (unsigned long long)at, (unsigned long long)n, hex,
                       (unsigned long long)n, (unsigned long long)at);
    }
    return delivery_sound(d, err);
}
