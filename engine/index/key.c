/* SPDX-License-Identifier: Apache-2.0 */
/* key.c: one secret of 32 bytes, and a subkey for each purpose, so that a tag of one column can
 * never be compared with a tag of another. */
#include "engine/index/key.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/sys.h"
#include "engine/index/keyer.h"
#include "engine/index/secret.h"
#include "engine/index/snapshot.h"
#include "engine/model/name.h"

#include "engine/base/ban.h"

#define KEY_BYTES 32
#define MAKE_WAIT_MS 60000 /* an ingest with a key of its own elsewhere may hold the lock */
#define FILE_BYTES (2 * KEY_BYTES)
#define ONE_BLOCK 15 /* bytes of a text that fit into one AES block beside their length */
#define BATCH 512
#define PATH_BYTES 4096

struct master_key {
    uint8_t secret[KEY_BYTES];
    uint64_t id;
};

static bool
hex_read(const char *text, uint8_t out[KEY_BYTES])
{
    for (size_t i = 0; i < FILE_BYTES; i++) {
        char c = text[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        out[i / 2] = (uint8_t)(i % 2 == 0 ? digit << 4 : out[i / 2] | digit);
    }
    return true;
}

/* SHA-256 of a label and the secret: the subkeys, and the id. */
static void
derive(const struct master_key *key, const char *label, uint8_t out[KEY_BYTES])
{
    uint8_t input[64 + KEY_BYTES];
    size_t len = strlen(label) + 1; /* with its NUL: no label is the beginning of another */
    struct digest digest;

    assert(len <= 64);
    memcpy(input, label, len);
    memcpy(input + len, key->secret, KEY_BYTES);
    digest = digest_of(input, len + KEY_BYTES);
    memcpy(out, digest.bytes, KEY_BYTES);
    mem_wipe(input, sizeof input);
    mem_wipe(&digest, sizeof digest);
}

static hedui_status
key_read(struct master_key *key, const char *path, struct err *err)
{
    char text[FILE_BYTES + 2];
    size_t len = 0;
    hedui_status rc = HEDUI_OK;

    FAIL(secret_read(text, sizeof text, &len, path, err));
    if (len == FILE_BYTES + 1 && text[FILE_BYTES] == '\n')
        len--;
    if (len != FILE_BYTES || !hex_read(text, key->secret))
        FAIL(err_set(err, HEDUI_E_FORMAT,
                     "密钥文件 '%s' 应为 64 位十六进制数字\n"
                     "the key file '%s' must hold 64 hexadecimal digits and nothing else",
                     path, path));
done:
    mem_wipe(text, sizeof text);
    return rc;
}

/* data/key, made of random bytes. Where deliveries are there already, a new key could not read
 * them: then the old one must be brought back. */
static hedui_status
key_make(const char *data, struct err *err)
{
    uint8_t secret[KEY_BYTES];
    struct buf text;
    char current[PATH_BYTES];
    hedui_status rc = HEDUI_OK;

    if (snprintf(current, sizeof current, "%s/current", data) >= (int)sizeof current)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data);
    if (sys_exists(current))
        return err_set(err, HEDUI_E_FORMAT,
                       "'%s' 已有数据，但密钥文件 '%s/key' 不见了，请从备份恢复，或用 --key 指明\n"
                       "'%s' holds data, but its key file '%s/key' is missing: bring it back from "
                       "the backup, or name it with --key",
                       data, data, data, data);
    if (sys_getrandom(secret, sizeof secret) != 0)
        return err_sys(err, HEDUI_E_IO,
                       "无法取得随机数来生成密钥\ncannot draw random bytes for the key");
    buf_init(&text, true);
    buf_hex(&text, secret, sizeof secret);
    buf_byte(&text, '\n');
    mem_wipe(secret, sizeof secret);
    FAIL(buf_check(&text, err));
    FAIL(sys_publish(data, "key", text.at, text.len, 0600, "index.key", err));
done:
    buf_release(&text);
    return rc;
}

/* Two first ingests at once: without the lock the second would put its key over the first's, and
 * what the first built could never be read again. */
static hedui_status
key_make_alone(const char *data, const char *path, bool *is_made, struct err *err)
{
    struct data_lock *lock = NULL;
    hedui_status rc = HEDUI_OK;

    FAIL(data_lock_take(&lock, data, MAKE_WAIT_MS, err));
    *is_made = !sys_exists(path);
    if (*is_made)
        FAIL(key_make(data, err));
done:
    data_lock_drop(lock);
    return rc;
}

hedui_status
master_key_open(struct master_key **out, const char *data, const char *path, bool *is_new,
                struct err *err)
{
    struct master_key *key;
    uint8_t id[KEY_BYTES];
    char own[PATH_BYTES];
    hedui_status rc = HEDUI_OK;
    bool is_made = false;

    assert(out != NULL && data != NULL);
    key = mem_resize(NULL, 1, sizeof *key);
    if (key == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取密钥\nno memory left for the key");
    *key = (struct master_key){0};
    if (path == NULL) {
        if (snprintf(own, sizeof own, "%s/key", data) >= (int)sizeof own)
            FAIL(err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", data, data));
        path = own;
        is_made = !sys_exists(path);
        if (is_made)
            FAIL(key_make_alone(data, own, &is_made, err));
    }
    FAIL(key_read(key, path, err)); /* also what was made just now: another process may have won */
    derive(key, "hedui key id 1", id);
    for (size_t i = 0; i < 8; i++)
        key->id = key->id << 8 | id[i];
    if (is_new != NULL)
        *is_new = is_made;
done:
    if (rc == HEDUI_OK)
        *out = key;
    else
        master_key_close(key);
    return rc;
}

void
master_key_close(struct master_key *key)
{
    if (key == NULL)
        return;
    mem_wipe(key, sizeof *key);
    mem_free(key);
}

uint64_t
master_key_id(const struct master_key *key)
{
    return key->id;
}

enum purpose { IDENTITY, NAME_FOLDED, NAME_EXACT, TEXT_SHORT, TEXT_LONG, ROW, PURPOSES };
static const char *const labels[PURPOSES] = {
    "hedui identity 1",   "hedui name folded 1", "hedui name exact 1",
    "hedui text short 1", "hedui text long 1",   "hedui row 1",
};

struct keyer {
    struct cipher *ciphers[PURPOSES];
};

hedui_status
keyer_open(struct keyer **out, const struct master_key *key, struct err *err)
{
    struct keyer *keyer = mem_resize(NULL, 1, sizeof *keyer);
    uint8_t subkey[KEY_BYTES];
    hedui_status rc = HEDUI_OK;

    if (keyer == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法建立加密器\nno memory left for ciphers");
    *keyer = (struct keyer){{0}};
    for (size_t i = 0; i < PURPOSES; i++) {
        derive(key, labels[i], subkey);
        FAIL(cipher_open(&keyer->ciphers[i], subkey, err));
    }
done:
    mem_wipe(subkey, sizeof subkey);
    if (rc == HEDUI_OK)
        *out = keyer;
    else
        keyer_close(keyer);
    return rc;
}

void
keyer_close(struct keyer *keyer)
{
    if (keyer == NULL)
        return;
    for (size_t i = 0; i < PURPOSES; i++)
        cipher_close(keyer->ciphers[i]);
    mem_free(keyer);
}

static void
put64(uint8_t *to, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(to, &value, sizeof value);
}

static uint64_t
get64(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, sizeof value);
    return __builtin_bswap64(value);
}

void
keyer_pseudonyms(struct keyer *keyer, const struct key128 *in, struct key128 *out, size_t n)
{
    uint8_t blocks[BATCH * 16] UNSET;

    for (size_t from = 0; from < n; from += BATCH) {
        size_t now = n - from < BATCH ? n - from : BATCH;
        for (size_t i = 0; i < now; i++) {
            put64(blocks + i * 16, in[from + i].hi);
            put64(blocks + i * 16 + 8, in[from + i].lo);
        }
        cipher_blocks(keyer->ciphers[IDENTITY], blocks, blocks, now);
        for (size_t i = 0; i < now; i++) {
            out[from + i].hi = get64(blocks + i * 16);
            out[from + i].lo = get64(blocks + i * 16 + 8);
        }
    }
    mem_wipe(blocks, n < BATCH ? n * 16 : sizeof blocks);
}

/* At most NAME_MAX bytes, cut at a whole character. */
static struct text
name_cut(struct text name)
{
    if (name.len <= NAME_MAX)
        return name;
    name.len = NAME_MAX;
    while (name.len > 0 && ((unsigned char)name.at[name.len] & 0xC0) == 0x80)
        name.len--;
    return name;
}

void
keyer_names(struct keyer *keyer, const struct text *names, struct name_tag *out, size_t n)
{
    enum { STEP = 64 };
    char folded[STEP][NAME_MAX] UNSET;
    struct text forms[STEP] UNSET;
    uint8_t tags[STEP * 16] UNSET, checks[STEP * 16] UNSET;

    for (size_t from = 0; from < n; from += STEP) {
        size_t now = n - from < STEP ? n - from : STEP;
        for (size_t i = 0; i < now; i++)
            forms[i] = (struct text){folded[i], name_fold(names[from + i], folded[i])};
        cipher_macs(keyer->ciphers[NAME_FOLDED], forms, now, tags);
        for (size_t i = 0; i < now; i++)
            forms[i] = name_cut(names[from + i]);
        cipher_macs(keyer->ciphers[NAME_EXACT], forms, now, checks);
        for (size_t i = 0; i < now; i++) {
            out[from + i].tag = get64(tags + i * 16);
            out[from + i].check = (uint32_t)(get64(checks + i * 16) >> 32);
        }
    }
    mem_wipe(folded, n < STEP ? n * NAME_MAX : sizeof folded);
}

struct name_tag
keyer_name(struct keyer *keyer, struct text name)
{
    struct name_tag tag;

    keyer_names(keyer, &name, &tag, 1);
    return tag;
}

void
keyer_texts(struct keyer *keyer, const struct text *texts, uint64_t *out, size_t n)
{
    uint8_t blocks[BATCH * 16];
    struct text longs[BATCH]; /* in step: one call a text zeroes more than it signs */
    uint16_t whose[BATCH];

    for (size_t from = 0; from < n; from += BATCH) {
        size_t now = n - from < BATCH ? n - from : BATCH;
        memset(blocks, 0, now * 16);
        for (size_t i = 0; i < now; i++) {
            struct text text = texts[from + i];
            if (text.len > ONE_BLOCK)
                continue;
            if (text.len > 0)
                memcpy(blocks + i * 16, text.at, text.len);
            blocks[i * 16 + 15] = (uint8_t)text.len; /* "a" and "a\0" differ */
        }
        cipher_blocks(keyer->ciphers[TEXT_SHORT], blocks, blocks, now);
        size_t long_count = 0;
        for (size_t i = 0; i < now; i++) {
            out[from + i] = get64(blocks + i * 16);
            if (texts[from + i].len <= ONE_BLOCK)
                continue;
            longs[long_count] = texts[from + i];
            whose[long_count++] = (uint16_t)i;
        }
        cipher_macs(keyer->ciphers[TEXT_LONG], longs, long_count, blocks);
        for (size_t i = 0; i < long_count; i++)
            out[from + whose[i]] = get64(blocks + i * 16);
    }
    mem_wipe(blocks, n < BATCH ? n * 16 : sizeof blocks);
}

uint64_t
keyer_text(struct keyer *keyer, struct text sensitive)
{
    uint64_t tag;

    keyer_texts(keyer, &sensitive, &tag, 1);
    return tag;
}

void
keyer_rows(struct keyer *keyer, const struct text *rows, size_t n, uint8_t (*out)[16])
{
    cipher_macs(keyer->ciphers[ROW], rows, n, out[0]);
}
