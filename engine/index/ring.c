/* SPDX-License-Identifier: Apache-2.0 */
/* ring.c: a line a key: id, state, day, 64 hexadecimal digits. */
#include "engine/index/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/crypt.h"
#include "engine/base/sys.h"
#include "engine/index/secret.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

#define FIRST_LINE "hedui ring 1\n"
#define ID_DIGITS 16
#define LINE_MAX_BYTES 128 /* 101 at most */
#define PATH_BYTES 4096
#define WRAP_LABEL "hedui wrap 1"

struct ring_key {
    struct ring_entry entry;
    uint8_t secret[AEAD_KEY_BYTES];
    struct aead *cipher;
};

struct ring {
    char path[PATH_BYTES];
    uint32_t count;
    struct ring_key keys[RING_MAX];
};

static hedui_status
no_memory(struct err *err)
{
    return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取密钥环\nno memory left for a key ring");
}

static uint64_t
id_of(const uint8_t secret[AEAD_KEY_BYTES])
{
    static const char label[] = "hedui ring id 1"; /* with its NUL */
    uint8_t input[sizeof label + AEAD_KEY_BYTES];
    struct digest digest;
    uint64_t id = 0;

    memcpy(input, label, sizeof label);
    memcpy(input + sizeof label, secret, AEAD_KEY_BYTES);
    digest = digest_of(input, sizeof input);
    for (size_t i = 0; i < sizeof id; i++)
        id = id << 8 | digest.bytes[i];
    mem_wipe(input, sizeof input);
    return id;
}

/* The word of a line up to the next blank or the line's end. */
static struct text
word_take(struct text *line)
{
    const char *blank = memchr(line->at, ' ', line->len);
    struct text word = {line->at, blank == NULL ? line->len : (size_t)(blank - line->at)};
    size_t used = word.len + (blank == NULL ? 0 : 1);

    *line = (struct text){line->at + used, line->len - used};
    return word;
}

/* One line of the file, without its line feed. false: not one of ours. */
static bool
line_read(struct ring_key *key, struct text line)
{
    struct text id = word_take(&line), state = word_take(&line), day = word_take(&line);
    struct digest secret;
    char said[ID_DIGITS + 1];

    if (!digest_read(&secret, line) || date_parse(day, &key->entry.made) != CELL_OK)
        return false;
    memcpy(key->secret, secret.bytes, AEAD_KEY_BYTES);
    mem_wipe(&secret, sizeof secret);
    key->entry.id = id_of(key->secret);
    key->entry.is_active = text_is(state, "active");
    snprintf(said, sizeof said, "%016llx", (unsigned long long)key->entry.id);
    return text_is(id, said) && (key->entry.is_active || text_is(state, "old"));
}

/* The active one stands first, and it alone is active. */
static bool
lines_read(struct ring *ring, struct text bytes)
{
    struct text first = TEXT(FIRST_LINE);

    if (!text_starts(bytes, first))
        return false;
    for (bytes = (struct text){bytes.at + first.len, bytes.len - first.len}; bytes.len > 0;) {
        const char *end = memchr(bytes.at, '\n', bytes.len);
        size_t len = end == NULL ? bytes.len : (size_t)(end - bytes.at);
        if (end == NULL || ring->count == RING_MAX ||
            !line_read(&ring->keys[ring->count], (struct text){bytes.at, len}) ||
            ring->keys[ring->count].entry.is_active != (ring->count == 0))
            return false;
        ring->count++;
        bytes = (struct text){end + 1, bytes.len - len - 1};
    }
    return ring->count > 0;
}

static hedui_status
ring_new(struct ring **out, const char *path, struct err *err)
{
    struct ring *ring = mem_resize(NULL, 1, sizeof *ring);

    if (ring == NULL)
        return no_memory(err);
    memset(ring, 0, sizeof *ring);
    *out = ring;
    if (snprintf(ring->path, sizeof ring->path, "%s", path) >= (int)sizeof ring->path)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", path, path);
    return HEDUI_OK;
}

hedui_status
ring_open(struct ring **out, const char *path, struct err *err)
{
    char bytes[sizeof FIRST_LINE + RING_MAX * LINE_MAX_BYTES];
    struct ring *ring = NULL;
    size_t len = 0;
    hedui_status rc = HEDUI_OK;

    FAIL(ring_new(&ring, path, err));
    if (!sys_exists(path))
        FAIL(err_set(err, HEDUI_E_USAGE,
                     "没有密钥环 '%s'：请从备份恢复，或用 --ring 指明；比对不受影响，只是密封的"
                     "原文打不开\n"
                     "there is no key ring '%s': bring it back from the backup, or name it with "
                     "--ring; joins need none, only sealed originals stay closed",
                     path, path));
    FAIL(secret_read(bytes, sizeof bytes, &len, path, err));
    if (!lines_read(ring, (struct text){bytes, len}))
        FAIL(err_set(err, HEDUI_E_FORMAT,
                     "密钥环 '%s' 损坏或不是密钥环，请从备份恢复\n"
                     "the key ring '%s' is damaged, or no key ring: bring it back from the backup",
                     path, path));
    for (uint32_t i = 0; i < ring->count; i++)
        FAIL(aead_open(&ring->keys[i].cipher, ring->keys[i].secret, WRAP_LABEL, err));
done:
    mem_wipe(bytes, sizeof bytes);
    if (rc == HEDUI_OK)
        *out = ring;
    else
        ring_close(ring);
    return rc;
}

void
ring_close(struct ring *ring)
{
    if (ring == NULL)
        return;
    for (uint32_t i = 0; i < RING_MAX; i++)
        aead_close(ring->keys[i].cipher);
    mem_wipe(ring, sizeof *ring);
    mem_free(ring);
}

uint32_t
ring_count(const struct ring *ring)
{
    return ring->count;
}

struct ring_entry
ring_entry(const struct ring *ring, uint32_t i)
{
    assert(i < ring->count);
    return ring->keys[i].entry;
}

struct aead *
ring_cipher(const struct ring *ring, uint64_t id)
{
    for (uint32_t i = 0; i < ring->count; i++)
        if (ring->keys[i].entry.id == id)
            return ring->keys[i].cipher;
    return NULL;
}

/* The file as `ring` has it, whole or as before. */
static hedui_status
ring_write(const struct ring *ring, struct err *err)
{
    char dir[PATH_BYTES];
    const char *slash = strrchr(ring->path, '/');
    const char *name = slash == NULL ? ring->path : slash + 1;
    struct buf out;
    hedui_status rc = HEDUI_OK;

    if (slash == NULL)
        memcpy(dir, ".", 2);
    else
        snprintf(dir, sizeof dir, "%.*s", slash == ring->path ? 1 : (int)(slash - ring->path),
                 ring->path);
    buf_init(&out, true);
    buf_str(&out, FIRST_LINE);
    for (uint32_t i = 0; i < ring->count; i++) {
        const struct ring_key *key = &ring->keys[i];
        buf_printf(&out, "%016llx %s ", (unsigned long long)key->entry.id,
                   key->entry.is_active ? "active" : "old");
        date_print(&out, key->entry.made);
        buf_byte(&out, ' ');
        buf_hex(&out, key->secret, AEAD_KEY_BYTES);
        buf_byte(&out, '\n');
    }
    FAIL(buf_check(&out, err));
    rc = sys_publish(dir, name, out.at, out.len, 0600, "index.ring", err);
    if (rc == HEDUI_E_IO && (errno == EROFS || errno == EACCES || errno == EPERM))
        FAIL(err_set(err, HEDUI_E_IO,
                     "密钥环 '%s' 所在之处不能写；请用 --ring 指明可写的密钥环，换好之后再作为"
                     "凭据装入\n"
                     "the key ring '%s' lies where nothing can be written: name one that can with "
                     "--ring, and load it as a credential afterwards",
                     ring->path, ring->path));
done:
    buf_release(&out);
    return rc;
}

/* A new key before all others. */
static hedui_status
key_add(struct ring *ring, int32_t today, struct err *err)
{
    struct ring_key *key = &ring->keys[0];

    if (ring->count == RING_MAX)
        return err_set(err, HEDUI_E_LIMIT,
                       "密钥环 '%s' 已有 %d 把密钥，请先用 --retire 去掉旧的\n"
                       "the key ring '%s' holds %d keys already: let the old ones go with --retire",
                       ring->path, RING_MAX, ring->path, RING_MAX);
    memmove(ring->keys + 1, ring->keys, ring->count * sizeof *ring->keys);
    ring->count++;
    *key = (struct ring_key){
        .entry = {.is_active = true, .made = today}
    };
    if (sys_getrandom(key->secret, sizeof key->secret) != 0)
        return err_sys(err, HEDUI_E_IO,
                       "无法取得随机数来生成密钥\ncannot draw random bytes for the key");
    key->entry.id = id_of(key->secret);
    if (ring->count > 1)
        ring->keys[1].entry.is_active = false;
    return aead_open(&key->cipher, key->secret, WRAP_LABEL, err);
}

hedui_status
ring_make(const char *path, int32_t today, struct err *err)
{
    struct ring *ring = NULL;
    hedui_status rc = HEDUI_OK;

    if (sys_exists(path))
        return err_set(err, HEDUI_E_USAGE, "已有密钥环 '%s'\nthere is a key ring '%s' already",
                       path, path);
    FAIL(ring_new(&ring, path, err));
    FAIL(key_add(ring, today, err));
    FAIL(ring_write(ring, err));
done:
    ring_close(ring);
    return rc;
}

hedui_status
ring_rotate(struct ring *ring, int32_t today, struct err *err)
{
    TRY(key_add(ring, today, err));
    return ring_write(ring, err);
}

hedui_status
ring_retire(struct ring *ring, struct err *err)
{
    for (; ring->count > 1; ring->count--) {
        struct ring_key *key = &ring->keys[ring->count - 1];
        aead_close(key->cipher);
        mem_wipe(key, sizeof *key);
    }
    return ring_write(ring, err);
}
