/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/ingest.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "engine/index/build.h"
#include "engine/index/drop.h"
#include "engine/run/intake.h"
#include "engine/run/secrets.h"

#include "engine/base/ban.h"

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

/* Which files the delivery names, and which of them each input's rows stand in: a mended file's
 * rows keep the place they had in the file that was refused. */
struct file_names {
    struct text *names;
    uint32_t count, input_first;
    uint32_t *file_of;
};

static hedui_status
file_names_make(struct file_names *out, const struct ingest_options *options,
                const struct delivery_info *mended, const struct snapshot *before,
                struct arena *arena, struct err *err)
{
    uint32_t old = mended == NULL ? 0 : mended->file_count;
    uint32_t first = mended == NULL ? 0 : first_files(before, mended);

    out->count = old + options->file_count;
    out->input_first = old;
    out->names = arena_alloc(arena, out->count, sizeof *out->names);
    out->file_of = arena_alloc(arena, options->file_count, sizeof *out->file_of);
    if (out->names == NULL || out->file_of == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < old; i++)
        out->names[i] = mended->files[i];
    for (uint32_t i = 0; i < options->file_count; i++) {
        struct text name = base_name(options->files[i]);
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
refused_check(const struct ingest_options *options, struct err *err)
{
    bool is_under =
        options->refused_dir != NULL && sys_is_under(options->refused_dir, options->data);

    for (uint32_t i = 0; options->refused_dir == NULL && i < options->file_count; i++)
        is_under = is_under || sys_is_under(options->files[i], options->data);
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
empty_check(const struct balance *balance, const struct ingest_options *options, struct err *err)
{
    if (options->allows_empty || balance->accepted + balance->refused > 0)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_INPUT,
                   "'%s' 里一行数据也没有；接收它等于说这个来源查无任何人。若确实如此，请加 "
                   "--allow-empty，否则请重新取得文件\n"
                   "'%s' holds not one row: to take it would say that the source knows nobody; if "
                   "that is so add --allow-empty, else get the file again",
                   options->files[0], options->files[0]);
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

static void
spec_fill(struct delivery_spec *spec, const struct ingest_options *options,
          const struct mapping *mapping, const struct delivery_info *mended,
          const struct world *world)
{
    *spec = (struct delivery_spec){
        .model = world->model,
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
        .memory = options->memory,
        .is_last = options->is_last,
    };
    if (mended != NULL) {
        spec->is_mend = true;
        spec->mends = mended->digest;
        spec->mended = mended;
        spec->as_of = mended->as_of;
        spec->source = mended->source;
    }
}

/* Reads the sealed delivery once more for what the receipt says of it. */
static hedui_status
receipt_fill(struct ingest_result *out, const char *dir, const struct world *world,
             struct arena *arena, struct err *err)
{
    char hex[2 * DIGEST_BYTES + 1];
    struct delivery *delivery = NULL;
    const struct delivery_info *info;

    digest_hex(&out->delivery, hex);
    struct text path = arena_printf(arena, "%s/%s.hdl", dir, hex);
    if (path.at == NULL)
        return arena_full(arena, err);
    TRY(delivery_open(&delivery, path.at, world->model, master_key_id(world->key), err));
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

hedui_status
ingest(struct ingest_result *out, const struct ingest_options *options, const struct world *world,
       struct pool *pool, struct messages *messages, struct arena *arena, struct err *err)
{ /* long: the stages in their order, top to bottom */
    struct mapping *mapping = NULL;
    struct data_lock *lock = NULL;
    struct snapshot *before = NULL;
    struct builder *builder = NULL;
    struct ring *ring = NULL;
    const struct delivery_info *mended = NULL;
    struct delivery_spec spec;
    struct file_names files;
    struct digest *digests;
    hedui_status rc = HEDUI_OK;

    assert(options->file_count > 0);
    TRY(mapping_load(&mapping, options->mapping, world->model, messages, arena, err));
    if (mapping_kind(mapping) == world->model->applicant)
        return err_set(err, HEDUI_E_USAGE,
                       "'%s' 是申请批次的映射，请用 hedui verify\n"
                       "'%s' maps a batch of applications: use hedui verify",
                       options->mapping, options->mapping);
    struct text dir = arena_printf(arena, "%s/deliveries", options->data);
    if (dir.at == NULL)
        return arena_full(arena, err);
    TRY(sys_make_dirs(dir.at, err));
    TRY(refused_check(options, err));
    FAIL(data_lock_take(&lock, options->data, options->wait_ms, err));
    FAIL(drop_resume(options->data, lock, sys_now_ms(), (uint32_t)getuid(), err));
    FAIL(snapshot_open(&before, options->data, 0, world->model, master_key_id(world->key), err));
    if (options->mends != NULL)
        FAIL(mended_find(&mended, before, text_of(options->mends), err));
    FAIL(file_names_make(&files, options, mended, before, arena, err));
    spec_fill(&spec, options, mapping, mended, world);
    spec.dir = dir.at;
    FAIL(secrets_ring(&ring, world, &out->is_new_ring, err));
    spec.ring = ring;
    FAIL(builder_open(&builder, &spec, world->key, pool_lanes(pool), err));

    struct intake intake = {.builder = builder, .file_of = files.file_of};
    struct feed_sink sink = intake_sink(&intake);
    struct feed_job job = {
        .mapping = mapping,
        .paths = options->files,
        .path_count = options->file_count,
        .pool = pool,
        .refused_dir = options->refused_dir,
        .is_mended = mended != NULL,
        .progress = options->progress,
        .progress_context = options->progress_context,
    };
    FAIL(feed_read(&out->report, &job, &sink, arena, err));
    FAIL(twice_check(&out->report, err));
    FAIL(empty_check(&out->report.balance, options, err));
    digests = arena_alloc(arena, files.count, sizeof *digests);
    if (digests == NULL)
        FAIL(arena_full(arena, err));
    for (uint32_t i = 0; i < files.input_first; i++)
        digests[i] = mended->file_digests[i];
    for (uint32_t i = 0; i < options->file_count; i++)
        digests[files.input_first + i] = out->report.files[i].digest;
    out->balance = out->report.balance;
    out->balance.mirrored = atomic_load(&intake.mirrored);
    out->balance.accepted += out->balance.mirrored;
    FAIL(builder_seal(builder, pool, files.names, digests, files.count, &out->balance,
                      options->is_unsynced, &out->delivery, err));
    assert(out->balance.accepted + out->balance.refused + out->balance.collapsed +
               out->balance.ignored ==
           out->balance.physical + out->balance.mirrored);
    FAIL(receipt_fill(out, dir.at, world, arena, err));
    builder_months_left(builder, &out->unfinished, &out->few);
    out->has_covers = options->has_covers;
    out->source = arena_text(arena, spec.source);
    out->kind = spec.kind->name;
    if (out->source.at == NULL)
        FAIL(arena_full(arena, err));
    FAIL(snapshot_publish(&out->snapshot, options->data, lock, &out->delivery, world->model,
                          master_key_id(world->key), &out->fallen, &out->fallen_count, arena, err));
done:
    builder_close(builder);
    ring_close(ring);
    snapshot_close(before);
    data_lock_drop(lock);
    return rc;
}
