/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/ingest.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "engine/index/build.h"
#include "engine/index/drop.h"
#include "engine/index/manifest.h"
#include "engine/run/intake.h"
#include "engine/run/secrets.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096

/* Which files the delivery names, and which of them each input's rows stand in: a mended file's
 * rows keep the place they had in the file that was refused. */
struct file_names {
    struct text *names;
    uint32_t count, input_first;
    uint32_t *file_of;
};

/* What all deliveries of the command share. */
struct command {
    const struct ingest_options *options;
    const struct world *world;
    struct pool *pool;
    struct messages *messages;
    struct arena *arena; /* mappings: messages quote them */
    struct data_lock *lock;
    struct snapshot *before;
    struct ring *ring;
    const struct delivery_info *mended;
    struct mending *mending;
    char dir[PATH_BYTES];
};

/* One delivery on its way: opened, read, published. */
struct arrival {
    const struct command *command;
    const struct ingest_part *part;
    struct arena arena; /* what the delivery and its result name */
    struct mapping *mapping;
    struct builder *builder;
    struct intake intake; /* engine/run/intake.h */
    struct file_names files;
    struct digest *digests;
    bool is_last;
    struct ingest_result result;
    struct errand *errand; /* publishes it */
    struct err err;        /* of publishing */
};

static struct text
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return text_of(slash == NULL ? path : slash + 1);
}

/* The delivery of the current snapshot whose digest starts with `prefix`. */
static hedui_status
mended_find(const struct delivery_info **out, const struct snapshot *snapshot, struct text prefix,
            struct err *err)
{
    const struct delivery_info *found = NULL;

    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery_info *info = delivery_info(snapshot_entry(snapshot, i)->delivery);
        char hex[2 * DIGEST_BYTES + 1];

        digest_hex(&info->digest, hex);
        if (!text_starts(text_of(hex), prefix))
            continue;
        if (found != NULL && found != info) /* one delivery may stand twice, split by months */
            return err_set(err, HEDUI_E_USAGE,
                           "--mends " TEXT_FMT " 对应多份数据，请多写几位\n"
                           "--mends " TEXT_FMT " names several deliveries, give more digits",
                           TEXT_ARG(prefix), TEXT_ARG(prefix));
        found = info;
    }
    if (found == NULL)
        return err_set(err, HEDUI_E_USAGE,
                       "当前快照里没有摘要以 " TEXT_FMT " 开头的数据\n"
                       "no delivery of the current snapshot has a digest starting with " TEXT_FMT,
                       TEXT_ARG(prefix), TEXT_ARG(prefix));
    *out = found;
    return HEDUI_OK;
}

/* The files of the delivery that was first refused: rows that are mended twice keep their place in
 * them. A mend names its base's files first, then its own. */
static uint32_t
first_files(const struct snapshot *snapshot, const struct delivery_info *mended)
{
    uint32_t steps = snapshot_count(snapshot);

    while (mended->is_mend && steps-- > 0)
        for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
            const struct delivery_info *info = delivery_info(snapshot_entry(snapshot, i)->delivery);

            if (memcmp(&info->digest, &mended->mends, sizeof info->digest) == 0) {
                mended = info;
                break;
            }
        }
    return mended->file_count;
}

static hedui_status
file_names_make(struct file_names *out, const struct ingest_part *part,
                const struct command *command, struct arena *arena, struct err *err)
{
    const struct delivery_info *mended = command->mended;
    uint32_t old = mended == NULL ? 0 : mended->file_count;
    uint32_t first = mended == NULL ? 0 : first_files(command->before, mended);

    out->count = old + part->file_count;
    out->input_first = old;
    out->names = arena_alloc(arena, out->count, sizeof *out->names);
    out->file_of = arena_alloc(arena, part->file_count, sizeof *out->file_of);
    if (out->names == NULL || out->file_of == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < old; i++)
        out->names[i] = mended->files[i];
    for (uint32_t i = 0; i < part->file_count; i++) {
        struct text name = base_name(part->files[i]);
        uint32_t at = first == 1 ? 0 : old + i;

        size_t longest = 0; /* "feed2.csv…" mends feed2.csv, not feed */

        for (uint32_t j = 0; j < first && first > 1; j++)
            if (mended->files[j].len > longest && text_starts(name, mended->files[j])) {
                at = j;
                longest = mended->files[j].len;
            }
        if (mended != NULL && at >= old)
            return err_set(err, HEDUI_E_USAGE,
                           "补正文件 '" TEXT_FMT "' 应以原文件名开头，才知道补的是哪个文件的行\n"
                           "the mended file '" TEXT_FMT "' must begin with the name of the file "
                           "whose rows it mends",
                           TEXT_ARG(name), TEXT_ARG(name));
        out->names[old + i] = name;
        out->file_of[i] = at;
    }
    return HEDUI_OK;
}

/* Refused rows are in clear; what lies under the data directory never is. */
static hedui_status
refused_check(const struct ingest_part *part, const struct ingest_options *options, struct err *err)
{
    bool is_under =
        options->refused_dir != NULL && sys_is_under(options->refused_dir, options->data);

    for (uint32_t i = 0; options->refused_dir == NULL && i < part->file_count; i++)
        is_under = is_under || sys_is_under(part->files[i], options->data);
    if (!is_under)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "退回行是明文，不能放在数据目录 '%s' 之内，请用 --refused 换一个目录\n"
                   "refused rows are in clear and never go under the data directory '%s': name "
                   "another folder with --refused",
                   options->data, options->data);
}

/* A complete delivery of no rows would answer `none` for everyone: more often than not it is a cut
 * file or a query that failed, so a person has to say that it is meant. */
static hedui_status
empty_check(const struct balance *balance, const struct ingest_part *part, bool allows_empty,
            struct err *err)
{
    if (allows_empty || balance->accepted + balance->refused > 0)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 里一行数据也没有；接收它等于说这个来源查无任何人。若确实如此，请加 "
                   "--allow-empty，否则请重新取得文件\n"
                   "'%s' holds not one row: to take it would say that the source knows nobody; if "
                   "that is so add --allow-empty, else get the file again",
                   part->files[0], part->files[0]);
}

/* The same file given twice would count every row of it twice. */
static hedui_status
twice_check(const struct feed_report *report, struct err *err)
{
    for (uint32_t i = 0; i < report->file_count; i++)
        for (uint32_t k = 0; k < i; k++) {
            const struct feed_file *file = &report->files[i], *other = &report->files[k];

            if (file->physical > 0 &&
                memcmp(&file->digest, &other->digest, sizeof file->digest) == 0)
                return err_set(err, HEDUI_E_INPUT,
                               "'%s' 与 '%s' 内容相同，请只给一份\n"
                               "'%s' and '%s' are the same, byte for byte: give it once",
                               other->path, file->path, other->path, file->path);
        }
    return HEDUI_OK;
}

static struct delivery_spec
spec_make(const struct arrival *arrival, size_t memory)
{
    const struct command *command = arrival->command;
    const struct ingest_options *options = command->options;
    const struct mapping *mapping = arrival->mapping;
    const struct delivery_info *mended = command->mended;
    struct delivery_spec spec = {
        .model = command->world->model,
        .kind = mapping_kind(mapping),
        .source = options->source != NULL ? text_of(options->source) : mapping_source(mapping),
        .mapping = mapping_name(mapping),
        .mapping_version = mapping_version(mapping),
        .mapping_digest = *mapping_digest(mapping),
        .as_of = options->as_of,
        .dedupe = mapping_dedupe(mapping),
        .unplaced_max = mapping_unplaced_max(mapping),
        .division_count = options->division_count,
        .divisions = options->divisions,
        .has_covers = options->has_covers,
        .covers_from = options->covers_from,
        .covers_until = options->covers_until,
        .ring = command->ring,
        .memory = memory,
        .is_last = arrival->is_last,
        .dir = command->dir,
    };

    if (mended != NULL) {
        spec.is_mend = true;
        spec.mends = mended->digest;
        spec.mended = mended;
        spec.as_of = mended->as_of;
        spec.source = mended->source;
    }
    return spec;
}

/* Reads the sealed delivery once more for what the receipt says of it. */
static hedui_status
receipt_fill(struct ingest_result *out, const struct command *command, struct arena *arena,
             struct err *err)
{
    char hex[2 * DIGEST_BYTES + 1];
    struct delivery *delivery = NULL;
    const struct delivery_info *info;

    digest_hex(&out->delivery, hex);
    struct text path = arena_printf(arena, "%s/%s.hdl", command->dir, hex);
    if (path.at == NULL)
        return arena_full(arena, err);
    TRY(delivery_open(&delivery, path.at, command->world->model, master_key_id(command->world->key),
                      err));
    info = delivery_info(delivery);
    out->bytes = info->bytes;
    out->owners = info->owners;
    out->is_partial = info->is_partial;
    out->month_count = info->month_count;
    if (info->month_count > 0) {
        out->month_first = info->months[0];
        out->month_last = info->months[info->month_count - 1];
    }
    delivery_close(delivery);
    return HEDUI_OK;
}

static hedui_status
arrival_open(struct arrival *arrival, const struct command *command, uint32_t number,
             struct err *err)
{
    const struct ingest_options *options = command->options;

    *arrival = (struct arrival){
        .command = command,
        .part = &options->parts[number],
        .is_last = number + 1 == options->part_count,
    };
    arena_init(&arrival->arena, "ingest", 0, true);
    TRY(mapping_load(&arrival->mapping, arrival->part->mapping, command->world->model,
                     command->messages, command->arena, err));
    if (mapping_kind(arrival->mapping) == command->world->model->applicant)
        return err_set(err, HEDUI_E_USAGE,
                       "'%s' 是申请批次的映射，请用 hedui verify\n"
                       "'%s' maps a batch of applications: use hedui verify",
                       arrival->part->mapping, arrival->part->mapping);
    if (command->mended != NULL &&
        !text_eq(command->mended->kind, mapping_kind(arrival->mapping)->name))
        return err_set(
            err, HEDUI_E_USAGE,
            "--mends 所指的数据是 " TEXT_FMT "，而映射 '%s' 是 " TEXT_FMT "\n"
            "--mends names a delivery of " TEXT_FMT ", but the mapping '%s' is of " TEXT_FMT,
            TEXT_ARG(command->mended->kind), arrival->part->mapping,
            TEXT_ARG(mapping_kind(arrival->mapping)->name), TEXT_ARG(command->mended->kind),
            arrival->part->mapping, TEXT_ARG(mapping_kind(arrival->mapping)->name));
    return refused_check(arrival->part, options, err);
}

static void
arrival_close(struct arrival *arrival)
{
    builder_close(arrival->builder);
    arena_release(&arrival->arena);
    *arrival = (struct arrival){0};
}

/* Files to rows in buckets. memory: bytes that the delivery may use. */
static hedui_status
arrival_read(struct arrival *arrival, size_t memory, struct err *err)
{
    const struct command *command = arrival->command;
    const struct ingest_options *options = command->options;
    const struct ingest_part *part = arrival->part;
    const struct delivery_spec spec = spec_make(arrival, memory);
    struct file_names *files = &arrival->files;
    struct feed_report *report = &arrival->result.report;
    struct feed_sink sink = intake_sink(&arrival->intake);
    struct feed_job job = {
        .mapping = arrival->mapping,
        .paths = part->files,
        .path_count = part->file_count,
        .pool = command->pool,
        .refused_dir = options->refused_dir,
        .is_mended = command->mended != NULL,
        .progress = options->progress,
        .progress_context = options->context,
    };

    TRY(file_names_make(files, part, command, &arrival->arena, err));
    TRY(builder_open(&arrival->builder, &spec, command->world->key, pool_lanes(command->pool),
                     err));
    arrival->intake = (struct intake){.builder = arrival->builder,
                                      .file_of = files->file_of,
                                      .paths = part->files,
                                      .mending = command->mending};
    TRY(feed_read(report, &job, &sink, &arrival->arena, err));
    TRY(twice_check(report, err));
    TRY(empty_check(&report->balance, part, options->allows_empty, err));
    arrival->digests = arena_alloc(&arrival->arena, files->count, sizeof *arrival->digests);
    if (arrival->digests == NULL)
        return arena_full(&arrival->arena, err);
    for (uint32_t i = 0; i < files->input_first; i++)
        arrival->digests[i] = command->mended->file_digests[i];
    for (uint32_t i = 0; i < part->file_count; i++)
        arrival->digests[files->input_first + i] = report->files[i].digest;
    arrival->result.balance = report->balance;
    arrival->result.balance.mirrored = atomic_load(&arrival->intake.mirrored);
    arrival->result.balance.accepted += arrival->result.balance.mirrored;
    arrival->result.source = arena_text(&arrival->arena, spec.source);
    arrival->result.kind = spec.kind->name;
    arrival->result.has_covers = options->has_covers;
    return arrival->result.source.at == NULL ? arena_full(&arrival->arena, err) : HEDUI_OK;
}

/* An errand: from rows to a delivery on the disk, and the snapshot that names it. */
static hedui_status
arrival_publish(void *context)
{
    struct arrival *arrival = context;
    const struct command *command = arrival->command;
    struct ingest_result *result = &arrival->result;
    struct balance *balance = &result->balance;
    struct err *err = &arrival->err;
    struct manifest before; /* of the moment: this command may have published since it began */

    TRY(builder_seal(arrival->builder, command->pool, arrival->files.names, arrival->digests,
                     arrival->files.count, balance, command->options->is_unsynced,
                     &result->delivery, err));
    assert(balance->accepted + balance->refused + balance->collapsed + balance->ignored ==
           balance->physical + balance->mirrored);
    TRY(receipt_fill(result, command, &arrival->arena, err));
    builder_months_left(arrival->builder, &result->unfinished, &result->few);
    TRY(manifest_load(&before, command->options->data, 0, &arrival->arena, err));
    TRY(snapshot_publish(&result->snapshot, command->options->data, command->lock,
                         &result->delivery, command->world->model,
                         master_key_id(command->world->key), &result->fallen, &result->fallen_count,
                         &arrival->arena, err));
    result->is_unchanged = result->snapshot == before.id;
    return HEDUI_OK;
}

/* Waits until the delivery is published, and tells of it. NULL: there is none. */
static hedui_status
arrival_end(struct arrival *arrival, struct err *err)
{
    hedui_status rc;

    if (arrival == NULL)
        return HEDUI_OK;
    rc = errand_end(arrival->errand);
    if (rc != HEDUI_OK)
        *err = arrival->err;
    else
        arrival->command->options->told(arrival->command->options->context, &arrival->result);
    arrival_close(arrival);
    return rc;
}

/* Opens and reads a delivery while the one before it is published, and ends that. The error is of
 * the earlier one. */
static hedui_status
arrival_follow(struct arrival *arrival, struct arrival *before, size_t held,
               const struct command *command, uint32_t number, struct err *err)
{
    size_t memory = command->options->memory, most = memory / 4 * 3;
    size_t left = memory - (held < most ? held : most);
    struct err late;
    hedui_status rc;

    err_reset(&late);
    rc = arrival_open(arrival, command, number, &late);
    if (rc == HEDUI_OK)
        rc = arrival_read(arrival, left, &late);
    TRY(arrival_end(before, err));
    if (rc == HEDUI_E_LIMIT && left < memory && arrival->builder != NULL) { /* alone it has all */
        builder_close(arrival->builder);
        arrival->builder = NULL;
        rc = arrival_read(arrival, memory, &late);
    }
    if (rc != HEDUI_OK)
        *err = late;
    return rc;
}

/* While one delivery is put in order, written and synced, the files of the next are read, within
 * the memory that is left. They are published in their order, and none behind one that failed. */
static hedui_status
parts_take(const struct command *command, struct err *err)
{
    struct arrival both[2], *before = NULL;
    size_t held = 0;
    hedui_status rc = HEDUI_OK;

    for (uint32_t i = 0; rc == HEDUI_OK && i < command->options->part_count; i++) {
        struct arrival *arrival = &both[i % 2];
        bool is_alone;

        rc = arrival_follow(arrival, before, held, command, i, err);
        is_alone = arrival->is_last || pool_lanes(command->pool) == 1;
        before = is_alone ? NULL : arrival;
        if (rc == HEDUI_OK) {
            held = is_alone ? 0 : builder_bytes(arrival->builder);
            rc = errand_start(&arrival->errand, arrival_publish, arrival, is_alone, err);
        }
        if (rc == HEDUI_OK && is_alone)
            rc = arrival_end(arrival, err);
        else if (rc != HEDUI_OK)
            arrival_close(arrival);
    }
    return rc;
}

hedui_status
ingest(const struct ingest_options *options, const struct world *world, struct pool *pool,
       bool *is_new_ring, struct messages *messages, struct arena *arena, struct err *err)
{
    struct command command = {
        .options = options, .world = world, .pool = pool, .messages = messages, .arena = arena};
    hedui_status rc = HEDUI_OK;

    assert(options->part_count > 0 && (options->part_count == 1 || options->mends == NULL));
    *is_new_ring = false;
    if (snprintf(command.dir, sizeof command.dir, "%s/deliveries", options->data) >=
        (int)sizeof command.dir)
        return err_set(err, HEDUI_E_IO, "路径 '%s' 太长\nthe path '%s' is too long", options->data,
                       options->data);
    TRY(sys_make_dirs(command.dir, err));
    FAIL(data_lock_take(&command.lock, options->data, options->wait_ms, err));
    FAIL(drop_resume(options->data, command.lock, sys_now_ms(), (uint32_t)getuid(), err));
    FAIL(snapshot_open(&command.before, options->data, 0, world->model, master_key_id(world->key),
                       err));
    if (options->mends != NULL)
        FAIL(mended_find(&command.mended, command.before, text_of(options->mends), err));
    if (command.mended != NULL)
        FAIL(mending_open(&command.mending, command.before, command.mended, world->key,
                          pool_lanes(pool), err));
    FAIL(secrets_ring(&command.ring, world, is_new_ring, err));
    FAIL(parts_take(&command, err));
done:
    ring_close(command.ring);
    mending_close(command.mending);
    snapshot_close(command.before);
    data_lock_drop(command.lock);
    return rc;
}
