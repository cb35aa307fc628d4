/* SPDX-License-Identifier: Apache-2.0 */
/* delivery.c: opening maps the file and trusts the head only after its checksum; the index is
 * checked whole, columns and provenance unit by unit when they are touched. */
#include "engine/index/delivery.h"

#include <assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/base/buf.h"
#include "engine/base/hash.h"
#include "engine/base/sys.h"
#include "engine/index/delivery_file.h"
#include "engine/index/meta.h"
#include "engine/index/pack.h"
#include "engine/model/name.h"

#include "engine/base/ban.h"

static hedui_status
damaged(const char *path, const char *zh, const char *en, struct err *err)
{
    return err_set(err, HEDUI_E_FORMAT,
                   "数据文件 '%s' 损坏：%s。请从备份恢复，或重新导入\n"
                   "delivery '%s' is damaged: %s; bring it back from the backup or ingest again",
                   path, zh, path, en);
}

void
delivery_close(struct delivery *delivery)
{
    if (delivery == NULL)
        return;
    if (delivery->map != NULL)
        sys_munmap((void *)(uintptr_t)delivery->map, delivery->bytes);
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

static hedui_status
file_map(struct delivery *delivery, const char *path, struct err *err)
{
    struct stat st;
    void *map;
    hedui_status rc = HEDUI_OK;
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);

    if (fd < 0 || sys_fstat(fd, &st) != 0)
        FAIL(
            err_sys(err, HEDUI_E_IO, "打不开数据文件 '%s'\ncannot open delivery '%s'", path, path));
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size < BODY_AT)
        FAIL(damaged(path, "长度不足", "it is cut", err));
    delivery->bytes = (size_t)st.st_size;
    map = sys_mmap(NULL, delivery->bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        FAIL(err_sys(err, HEDUI_E_IO, "无法映射数据文件 '%s'\ncannot map delivery '%s'", path,
                     path));
    delivery->map = map;
done:
    if (fd >= 0)
        sys_close(fd); /* the map outlives the descriptor */
    return rc;
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

/* The first page and the head in one piece: what the digest of a delivery is of. false: no memory.
 */
static bool
head_copy(const struct delivery *delivery, struct buf *copy)
{
    buf_put(copy, delivery->map, BODY_AT);
    buf_put(copy, delivery->map + delivery->head->head_at,
            delivery->bytes - delivery->head->head_at);
    return !copy->is_failed;
}

/* Checksum and digest of the head. */
static hedui_status
head_verify(struct delivery *delivery, const char *path, struct err *err)
{
    struct buf copy;
    struct head_start *start;
    hedui_status rc = HEDUI_OK;

    buf_init(&copy, false);
    if (!head_copy(delivery, &copy))
        FAIL(buf_check(&copy, err));
    delivery->info.digest = digest_of(copy.at, copy.len);
    start = (void *)copy.at;
    start->head_hash = 0;
    if (hash_bytes(copy.at, copy.len, 0) != delivery->head->head_hash)
        FAIL(damaged(path, "文件头校验不符", "its head does not match its checksum", err));
done:
    buf_release(&copy);
    return rc;
}

static hedui_status
head_check(struct delivery *delivery, const char *path, struct err *err)
{
    const struct head_start *head = (const void *)delivery->map;
    uint64_t tables, body;

    if (memcmp(head->magic, DELIVERY_MAGIC, sizeof head->magic) != 0)
        return damaged(path, "不是数据文件", "it is not a delivery", err);
    if (head->version != DELIVERY_VERSION)
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件 '%s' 的版本是 %u，本程序只读版本 %d\n"
                       "delivery '%s' is of version %u, this program reads version %d",
                       path, head->version, DELIVERY_VERSION, path, head->version,
                       DELIVERY_VERSION);
    if (head->file_bytes != delivery->bytes)
        return damaged(path, "长度不对", "its length is not what its head says", err);
    if (head->head_at > head->file_bytes || head->head_at % ALIGN_BYTES != 0 ||
        head->head_at < BODY_AT)
        return damaged(path, "文件头不对", "its head is wrong", err);
    delivery->head = head;
    TRY(head_verify(delivery, path, err));
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
    delivery->sections = (const void *)(delivery->map + head->head_at);
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
            return false;
    }
    return true;
}

/* Takes one section in. false: it cannot be, with the checksums right: not one of ours. */
static bool
section_take(struct delivery *d, const struct section_entry *s)
{
    const uint8_t *at = d->map + s->at;
    uint64_t bits = 0;

    switch ((enum section_what)s->what) {
    case SECTION_OWNERS:
        d->owners = (const void *)at;
        d->owner_count = (uint32_t)s->count;
        return s->count <= UINT32_MAX && s->bytes == s->count * sizeof *d->owners;
    case SECTION_COUNTS:
        d->counts = at;
        d->count_bytes = (uint32_t)s->count;
        return (s->count == 1 || s->count == 2 || s->count == 4) &&
               s->bytes == s->count * d->owner_count;
    case SECTION_DIRECTORY:
        d->directory = (const void *)at;
        while (bits < 32 && UINT64_C(1) << bits < s->count)
            bits++;
        d->slot_shift = 63 - (uint32_t)bits;
        return s->count == UINT64_C(1) << bits && s->bytes == (s->count + 1) * sizeof *d->directory;
    case SECTION_BLOCKS:
        d->packed = s;
        return true;
    case SECTION_VOCABULARY:
        if (s->field >= FIELDS_MAX || s->bytes < (s->count + 1) * sizeof(uint32_t))
            return false;
        d->words[s->field] = (struct words){
            .offsets = (const void *)at,
            .bytes = (const char *)(at + (s->count + 1) * sizeof(uint32_t)),
            .count = (uint32_t)s->count,
            .at = s->at,
            .len = s->bytes - (s->count + 1) * sizeof(uint32_t),
        };
        return true;
    case SECTION_NAMES:
        if (s->field >= FIELDS_MAX || s->bytes != s->count * sizeof(struct name_entry))
            return false;
        d->names[s->field].entries = (const void *)at;
        d->names[s->field].count = (uint32_t)s->count;
        d->names[s->field].at = s->at;
        return true;
    case SECTION_REFUSED:
        d->refused = (const void *)at;
        d->refused_count = (uint32_t)s->count;
        return s->count <= UINT32_MAX && s->bytes == s->count * sizeof *d->refused;
    case SECTION_MENDED:
        d->mended = (const void *)at;
        d->mended_count = (uint32_t)s->count;
        return s->count <= UINT32_MAX && s->bytes == s->count * sizeof *d->mended;
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
            b->columns_at + b->columns_bytes > d->packed->bytes ||
            b->places_at + b->places_bytes > d->packed->bytes ||
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

static hedui_status
meta_take(struct delivery *d, const char *path, const struct model *model, uint64_t key_id,
          struct err *err)
{
    struct meta meta;
    struct json_node *root;
    struct digest digest = d->info.digest;
    struct text json = {(const char *)d->map + d->bytes - d->head->meta_bytes, d->head->meta_bytes};

    if (meta_read(&meta, &root, json, &d->arena, err) != HEDUI_OK)
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

hedui_status
delivery_open(struct delivery **out, const char *path, const struct model *model, uint64_t key_id,
              struct err *err)
{
    struct delivery *d = mem_resize(NULL, 1, sizeof *d);
    hedui_status rc = HEDUI_OK;

    assert(out != NULL && path != NULL && model != NULL);
    if (d == NULL)
        return err_set(err, HEDUI_E_MEMORY, "no memory left for a delivery");
    memset(d, 0, sizeof *d);
    arena_init(&d->arena, "delivery", 0, false);
    FAIL(file_map(d, path, err));
    FAIL(head_check(d, path, err));
    FAIL(meta_take(d, path, model, key_id, err));
    row_plan_make(&d->plan, d->kind);
    d->unit_states = mem_resize(NULL, d->head->unit_count, sizeof *d->unit_states);
    if (d->unit_states == NULL)
        FAIL(err_set(err, HEDUI_E_MEMORY, "no memory left for a delivery"));
    for (uint32_t i = 0; i < d->head->unit_count; i++)
        atomic_init(&d->unit_states[i], UNIT_NEW);
    FAIL(sections_take(d, path, err));
    FAIL(blocks_check(d, path, err));
done:
    if (rc == HEDUI_OK)
        *out = d;
    else
        delivery_close(d);
    return rc;
}

hedui_status
delivery_verify(const struct delivery *d, struct err *err)
{
    char hex[2 * DIGEST_BYTES + 1];
    struct digest digest = {{0}};
    struct buf copy;

    digest_hex(&d->info.digest, hex);
    buf_init(&copy, false);
    if (head_copy(d, &copy))
        digest = digest_of(copy.at, copy.len);
    buf_release(&copy);
    if (memcmp(&digest, &d->info.digest, sizeof digest) != 0)
        return damaged(hex, "文件头变了", "its head has changed", err);
    for (uint32_t i = 0; i < d->head->unit_count; i++) {
        uint64_t at = BODY_AT + (uint64_t)i * UNIT_BYTES;
        uint64_t n = d->head->head_at - at < UNIT_BYTES ? d->head->head_at - at : UNIT_BYTES;
        digest = digest_of(d->map + at, n);
        if (memcmp(digest.bytes, d->units[i].digest, DIGEST_BYTES) == 0 &&
            hash_bytes(d->map + at, n, 0) == d->units[i].hash)
            continue;
        atomic_store(&d->unit_states[i], UNIT_BAD);
        return err_set(err, HEDUI_E_FORMAT,
                       "数据文件 %s 从第 %llu 字节起的 %llu 字节损坏，请从备份恢复，或重新导入\n"
                       "delivery %s is damaged in the %llu bytes from byte %llu on; bring it back "
                       "from the backup or ingest again",
                       hex, (unsigned long long)at, (unsigned long long)n, hex,
                       (unsigned long long)n, (unsigned long long)at);
    }
    return HEDUI_OK;
}
