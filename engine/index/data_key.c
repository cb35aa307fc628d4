/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/data_key.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/fp.h"
#include "engine/base/json.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

#define SUFFIX ".key"
#define PATH_BYTES 4096
#define FILE_MAX_BYTES 4096
#define WRAPPED_BYTES (AEAD_KEY_BYTES + AEAD_EXTRA)
#define VERSION 1

struct wrapped { /* a file of ours */
    struct digest sealing;
    uint64_t ring_key;
    uint8_t bytes[WRAPPED_BYTES];
};

struct wrap_context { /* what must be the same when it is unwrapped */
    char label[16];
    struct digest sealing;
    uint64_t ring_key;
};
_Static_assert(sizeof(struct wrap_context) == 56, "no gaps");

void
data_key_wipe(struct data_key *key)
{
    mem_wipe(key, sizeof *key);
}

static struct wrap_context
context_of(const struct wrapped *wrapped)
{
    struct wrap_context context = {.label = "hedui data key", .ring_key = wrapped->ring_key};

    context.sealing = wrapped->sealing;
    return context;
}

static bool
hex_read(uint8_t *out, size_t n, const struct json_node *node)
{
    if (node == NULL || node->type != JSON_STRING || node->text.len != 2 * n)
        return false;
    for (size_t i = 0; i < 2 * n; i++) {
        char c = node->text.at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0)
            return false;
        out[i / 2] = (uint8_t)(i % 2 == 0 ? digit << 4 : out[i / 2] | digit);
    }
    return true;
}

/* What a file of ours says; false: it is none. */
static bool
wrapped_take(struct wrapped *out, const struct json_node *root)
{
    const struct json_node *version, *sealing;
    uint8_t id[8];

    if (root->type != JSON_OBJECT)
        return false;
    version = json_get(root, "hedui_data_key");
    sealing = json_get(root, "sealing");
    if (version == NULL || version->type != JSON_INT || version->integer != VERSION ||
        sealing == NULL || sealing->type != JSON_STRING ||
        !digest_read(&out->sealing, sealing->text) ||
        !hex_read(id, sizeof id, json_get(root, "ring_key")) ||
        !hex_read(out->bytes, sizeof out->bytes, json_get(root, "wrapped")))
        return false;
    out->ring_key = 0;
    for (size_t i = 0; i < sizeof id; i++)
        out->ring_key = out->ring_key << 8 | id[i];
    return true;
}

/* *is_ours: it is whole and of ours. That it could not be read just now, for want of memory or by
 * the disk's fault, is an error: whoever took such a key for a damaged one would let go of what
 * opens it. */
static hedui_status
wrapped_read(struct wrapped *out, bool *is_ours, const char *path, struct arena *arena,
             struct err *err)
{
    struct json_node *root;
    struct text bytes;
    hedui_status rc;

    *is_ours = false;
    rc = sys_slurp(&bytes, path, FILE_MAX_BYTES, arena, err);
    if (rc == HEDUI_OK)
        rc = json_parse(&root, bytes, arena, err);
    if (rc == HEDUI_E_IO || rc == HEDUI_E_MEMORY)
        return rc;
    *is_ours = rc == HEDUI_OK && wrapped_take(out, root);
    return HEDUI_OK;
}

static hedui_status
wrapped_write(const struct data_key *key, const char *dir, const char *name,
              const struct ring *ring, struct err *err)
{
    struct wrapped wrapped = {.ring_key = ring_entry(ring, 0).id};
    struct wrap_context context;
    struct json json;
    struct buf out;
    hedui_status rc = HEDUI_OK;

    wrapped.sealing = key->sealing;
    context = context_of(&wrapped);
    aead_seal(ring_cipher(ring, wrapped.ring_key), &context, sizeof context, key->secret,
              AEAD_KEY_BYTES, wrapped.bytes);
    buf_init(&out, false);
    json_begin(&json, &out);
    json_object(&json);
    json_key(&json, "hedui_data_key");
    json_int(&json, VERSION);
    json_digest(&json, "sealing", &wrapped.sealing);
    buf_printf(&out, ",\"ring_key\":\"%016llx\",\"wrapped\":\"",
               (unsigned long long)wrapped.ring_key);
    buf_hex(&out, wrapped.bytes, sizeof wrapped.bytes);
    buf_byte(&out, '"');
    json_end_object(&json);
    json_newline(&json);
    FAIL(buf_check(&out, err));
    FAIL(sys_publish(dir, name, out.at, out.len, 0600, "index.datakey", err));
done:
    buf_release(&out);
    return rc;
}

static bool
unwrap(struct data_key *out, const struct wrapped *wrapped, const struct ring *ring)
{
    struct aead *cipher = ring_cipher(ring, wrapped->ring_key);
    struct wrap_context context = context_of(wrapped);

    out->sealing = wrapped->sealing;
    return cipher != NULL && aead_unseal(cipher, &context, sizeof context, wrapped->bytes,
                                         sizeof wrapped->bytes, out->secret);
}

static hedui_status
path_make(char path[PATH_BYTES], const char *dir, struct text name, struct err *err)
{
    if (snprintf(path, PATH_BYTES, "%s/" TEXT_FMT, dir, TEXT_ARG(name)) >= PATH_BYTES)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", dir, dir);
    return HEDUI_OK;
}

static void
name_make(char name[2 * DIGEST_BYTES + sizeof SUFFIX], const struct digest *delivery)
{
    digest_hex(delivery, name);
    memcpy(name + (size_t)2 * DIGEST_BYTES, SUFFIX, sizeof SUFFIX);
}

/* The names of all key files in `dir`, which may not be there. */
static hedui_status
names_list(struct text **names, size_t *count, const char *dir, struct arena *arena,
           struct err *err)
{
    size_t all = 0;

    *count = 0;
    if (!sys_exists(dir))
        return HEDUI_OK;
    TRY(sys_list_dir(names, &all, dir, arena, err));
    for (size_t i = 0; i < all; i++)
        if (text_ends((*names)[i], TEXT(SUFFIX)) && !text_starts((*names)[i], TEXT(".")))
            (*names)[(*count)++] = (*names)[i];
    return HEDUI_OK;
}

hedui_status
data_key_find(struct data_key *out, const char *dir, const struct digest *sealing,
              const struct ring *ring, struct err *err)
{
    struct arena arena;
    struct text *names;
    size_t count;
    bool is_found = false;
    hedui_status rc = HEDUI_OK;

    arena_init(&arena, "data keys", 0, false);
    FAIL(names_list(&names, &count, dir, &arena, err));
    for (size_t i = 0; i < count && !is_found; i++) {
        char path[PATH_BYTES];
        struct wrapped wrapped;
        struct arena_mark mark = arena_mark(&arena);
        bool is_ours = false;
        FAIL(path_make(path, dir, names[i], err));
        rc = wrapped_read(&wrapped, &is_ours, path, &arena, err);
        if (rc == HEDUI_E_MEMORY)
            goto done;
        rc = HEDUI_OK; /* a file that the disk does not give is no reason to ingest nothing */
        is_found = is_ours && memcmp(&wrapped.sealing, sealing, sizeof *sealing) == 0 &&
                   unwrap(out, &wrapped, ring);
        arena_rewind(&arena, mark);
    }
    if (is_found)
        goto done;
    out->sealing = *sealing;
    if (sys_getrandom(out->secret, sizeof out->secret) != 0)
        FAIL(err_sys(err, HEDUI_E_IO,
                     "无法取得随机数来生成密钥\ncannot draw random bytes for the key"));
done:
    arena_release(&arena);
    return rc;
}

hedui_status
data_key_publish(const struct data_key *key, const char *dir, const struct digest *delivery,
                 const struct ring *ring, struct err *err)
{
    char name[2 * DIGEST_BYTES + sizeof SUFFIX];

    name_make(name, delivery);
    return wrapped_write(key, dir, name, ring, err);
}

hedui_status
data_key_open(struct data_key *out, const char *dir, const struct digest *delivery,
              const struct digest *sealing, const struct ring *ring, struct err *err)
{
    char name[2 * DIGEST_BYTES + sizeof SUFFIX], path[PATH_BYTES];
    struct wrapped wrapped;
    struct arena arena;
    bool is_ours = false;
    hedui_status rc = HEDUI_OK;

    arena_init(&arena, "data key", 0, false);
    name_make(name, delivery);
    FAIL(path_make(path, dir, text_of(name), err));
    if (!sys_exists(path))
        FAIL(err_set(err, HEDUI_E_FORMAT,
                     "没有数据密钥 '%s'：这份数据密封的原文已销毁，或需从备份恢复该文件；比对不受"
                     "影响\n"
                     "there is no data key '%s': the originals of this delivery were destroyed, or "
                     "that file must come back from the backup; joins are as before",
                     path, path));
    FAIL(wrapped_read(&wrapped, &is_ours, path, &arena, err));
    if (!is_ours || memcmp(&wrapped.sealing, sealing, sizeof *sealing) != 0)
        FAIL(err_set(err, HEDUI_E_FORMAT,
                     "数据密钥 '%s' 损坏或属于别的数据，请从备份恢复\n"
                     "the data key '%s' is damaged or another delivery's: bring it back from the "
                     "backup",
                     path, path));
    if (ring_cipher(ring, wrapped.ring_key) == NULL)
        FAIL(err_set(err, HEDUI_E_FORMAT,
                     "密钥环里没有密钥 %016llx，打不开 '%s'；请用 --ring 指明含有它的密钥环\n"
                     "the ring has no key %016llx, which '%s' is wrapped with: name the ring that "
                     "has it with --ring",
                     (unsigned long long)wrapped.ring_key, path,
                     (unsigned long long)wrapped.ring_key, path));
    if (!unwrap(out, &wrapped, ring))
        FAIL(err_set(err, HEDUI_E_FORMAT,
                     "数据密钥 '%s' 损坏，请从备份恢复\n"
                     "the data key '%s' is damaged: bring it back from the backup",
                     path, path));
done:
    arena_release(&arena);
    return rc;
}

hedui_status
data_key_destroy(const char *dir, const struct digest *delivery, bool *was_there, struct err *err)
{
    char name[2 * DIGEST_BYTES + sizeof SUFFIX], path[PATH_BYTES], zeros[FILE_MAX_BYTES] = {0};
    struct stat st;
    hedui_status rc = HEDUI_OK;
    int fd;

    *was_there = false;
    name_make(name, delivery);
    TRY(path_make(path, dir, text_of(name), err));
    fd = sys_open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0);
    if (fd < 0 && errno == ENOENT)
        return HEDUI_OK;
    if (fd < 0 || sys_fstat(fd, &st) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法打开 '%s'\ncannot open '%s'", path, path));
    *was_there = true;
    /* in place: the file system may still keep the old bytes, but a plain disk does not */
    FAIL(sys_write_all(fd, zeros,
                       st.st_size < (off_t)sizeof zeros ? (size_t)st.st_size : sizeof zeros, path,
                       err));
    if (FP("index.datakey.wipe") != 0 || sys_fsync(fd) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", path, path));
    if (FP("index.datakey.unlink") != 0 || sys_unlink(path) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法删除 '%s'\ncannot remove '%s'", path, path));
done:
    if (fd >= 0)
        sys_close(fd);
    return rc;
}

/* One key file: counted, and wrapped anew where that is asked and needed. */
static hedui_status
key_visit(struct data_keys *out, const char *dir, struct text name, const struct ring *ring,
          bool is_rewrapping, struct arena *arena, struct err *err)
{
    char path[PATH_BYTES], own[PATH_BYTES];
    struct wrapped wrapped;
    struct data_key key;
    uint32_t number = 0;
    bool is_ours = false;
    hedui_status rc = HEDUI_OK;

    TRY(path_make(path, dir, name, err));
    out->count++;
    rc = wrapped_read(&wrapped, &is_ours, path, arena, err);
    if (rc != HEDUI_OK && (is_rewrapping || rc == HEDUI_E_MEMORY))
        return rc;
    rc = HEDUI_OK;
    if (is_ours && ring_cipher(ring, wrapped.ring_key) == NULL) {
        out->foreign++;
        return HEDUI_OK;
    }
    if (!is_ours || !unwrap(&key, &wrapped, ring)) {
        out->damaged++;
        return HEDUI_OK;
    }
    while (ring_entry(ring, number).id != wrapped.ring_key)
        number++;
    if (is_rewrapping && number > 0) {
        snprintf(own, sizeof own, TEXT_FMT, TEXT_ARG(name));
        rc = wrapped_write(&key, dir, own, ring, err);
        out->rewrapped++;
        number = 0;
    }
    out->of[number]++;
    data_key_wipe(&key);
    return rc;
}

static hedui_status
keys_visit(struct data_keys *out, const char *dir, const struct ring *ring, bool is_rewrapping,
           struct err *err)
{
    struct arena arena;
    struct text *names;
    size_t count;
    hedui_status rc = HEDUI_OK;

    *out = (struct data_keys){0};
    arena_init(&arena, "data keys", 0, false);
    FAIL(names_list(&names, &count, dir, &arena, err));
    for (size_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(&arena);
        FAIL(key_visit(out, dir, names[i], ring, is_rewrapping, &arena, err));
        arena_rewind(&arena, mark);
    }
done:
    arena_release(&arena);
    return rc;
}

hedui_status
data_keys_exist(bool *are_there, const char *dir, struct err *err)
{
    struct arena arena;
    struct text *names;
    size_t count;
    hedui_status rc;

    arena_init(&arena, "data keys", 0, false);
    rc = names_list(&names, &count, dir, &arena, err);
    arena_release(&arena);
    *are_there = rc == HEDUI_OK && count > 0;
    return rc;
}

hedui_status
data_keys_count(struct data_keys *out, const char *dir, const struct ring *ring, struct err *err)
{
    return keys_visit(out, dir, ring, false, err);
}

hedui_status
data_keys_rewrap(struct data_keys *out, const char *dir, const struct ring *ring, struct err *err)
{
    return keys_visit(out, dir, ring, true, err);
}
