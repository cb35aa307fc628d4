/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/replay_reports.h"

#include <string.h>

#include "engine/base/hash.h"
#include "engine/base/sys.h"
#include "engine/run/lines.h"
#include "engine/run/reports.h"

#include "engine/base/ban.h"

#define HEX 64 /* digits of a digest in SHA256SUMS; two blanks and the name follow */

struct sums { /* SHA256SUMS of now; seen: then had a report of that name */
    struct dict names;
    struct digest *digests;
    bool *seen;
    uint32_t room;
};

/* false: not a line that run/reports.c writes. The name stays inside its folder. */
static bool
sum_read(struct digest *digest, struct text *name, struct text line)
{
    if (line.len < HEX + 4 || line.at[line.len - 1] != '\n' || line.at[HEX] != ' ' ||
        line.at[HEX + 1] != ' ')
        return false;
    *name = (struct text){line.at + HEX + 2, line.len - HEX - 3};
    return name->at[0] != '.' && memchr(name->at, '/', name->len) == NULL &&
           memchr(name->at, '\0', name->len) == NULL &&
           digest_read(digest, (struct text){line.at, HEX});
}

static hedui_status
sums_add(struct sums *sums, struct text name, const struct digest *digest, struct err *err)
{
    uint32_t at = dict_add(&sums->names, name);

    if (at == sums->room) {
        uint32_t room = sums->room * 2 + 64;
        struct digest *digests = mem_resize(sums->digests, room, sizeof *digests);
        bool *seen = digests == NULL ? NULL : mem_resize(sums->seen, room, sizeof *seen);

        sums->digests = digests == NULL ? sums->digests : digests;
        if (seen == NULL)
            at = DICT_FULL;
        else
            sums->seen = seen, sums->room = room;
    }
    if (at == DICT_FULL)
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足，无法比对报告\nno memory to compare the reports");
    sums->digests[at] = *digest;
    sums->seen[at] = false;
    return HEDUI_OK;
}

static hedui_status
sums_load(struct sums *sums, const char *path, struct err *err)
{
    struct lines lines = {.fd = -1};
    struct digest digest;
    struct text line, name;
    hedui_status rc = HEDUI_OK;

    FAIL(lines_open(&lines, path, err));
    for (;;) {
        FAIL(lines_next(&lines, &line, err));
        if (line.len == 0)
            break;
        if (sum_read(&digest, &name, line))
            FAIL(sums_add(sums, name, &digest, err));
    }
done:
    lines_close(&lines);
    return rc;
}

/* Counts the report; one that is not equal is listed while there is room. */
static hedui_status
report_count(struct replay_result *out, const struct replay_file *file, struct arena *arena,
             struct err *err)
{
    out->reports++;
    if (file->difference.kind == SAME && !file->is_touched)
        return HEDUI_OK;
    out->is_equal = false;
    if (out->reports_different++ >= REPLAY_REPORTS_SHOWN)
        return HEDUI_OK;
    out->files[out->file_count] = *file;
    out->files[out->file_count].name =
        arena_printf(arena, "reports/" TEXT_FMT, TEXT_ARG(file->name));
    return out->files[out->file_count++].name.at == NULL ? arena_full(arena, err) : HEDUI_OK;
}

/* One line of then: its file is read, and what it says held against the file and against now. */
static hedui_status
report_compare(struct replay_result *out, struct sums *now, struct text name,
               const struct digest *said, struct text dir, struct text scratch, struct arena *arena,
               struct err *err)
{
    struct replay_file file = {.name = name};
    uint32_t at = dict_find(&now->names, name);
    struct arena here; /* paths of one report */
    struct digest digest;
    hedui_status rc = HEDUI_OK;

    arena_init(&here, "paths", 0, false);
    struct text then =
        arena_printf(&here, TEXT_FMT "/reports/" TEXT_FMT, TEXT_ARG(dir), TEXT_ARG(name));
    struct text fresh =
        arena_printf(&here, TEXT_FMT "/reports/" TEXT_FMT, TEXT_ARG(scratch), TEXT_ARG(name));
    if (then.at == NULL || fresh.at == NULL)
        FAIL(arena_full(&here, err));
    if (at == DICT_FULL)
        file.difference.kind = ONLY_THEN;
    else
        now->seen[at] = true;
    if (!sys_exists(then.at)) {
        file.difference.kind = ONLY_NOW;
        file.is_touched = true;
    } else {
        FAIL(lines_digest(&digest, then.at, err));
        file.is_touched = memcmp(&digest, said, sizeof digest) != 0;
        if (at != DICT_FULL && memcmp(&digest, &now->digests[at], sizeof digest) != 0)
            FAIL(difference_of_files(&file.difference, then.at, fresh.at, arena, err));
    }
    FAIL(report_count(out, &file, arena, err));
done:
    arena_release(&here);
    return rc;
}

static hedui_status
then_compare(struct replay_result *out, struct sums *now, struct text dir, struct text scratch,
             const char *path, struct arena *arena, struct err *err)
{
    struct lines lines = {.fd = -1};
    struct digest said;
    struct text line, name;
    hedui_status rc = HEDUI_OK;

    FAIL(lines_open(&lines, path, err));
    for (;;) {
        FAIL(lines_next(&lines, &line, err));
        if (line.len == 0)
            break;
        if (sum_read(&said, &name, line))
            FAIL(report_compare(out, now, name, &said, dir, scratch, arena, err));
    }
    for (uint32_t i = 0; i < now->names.count; i++) {
        struct replay_file file = {.name = now->names.items[i], .difference.kind = ONLY_NOW};

        if (!now->seen[i])
            FAIL(report_count(out, &file, arena, err));
    }
done:
    lines_close(&lines);
    return rc;
}

hedui_status
replay_reports(struct replay_result *out, struct text dir, struct text scratch, struct arena *arena,
               struct err *err)
{
    struct text then = arena_printf(arena, TEXT_FMT "/" REPORTS_SUMS, TEXT_ARG(dir));
    struct text fresh = arena_printf(arena, TEXT_FMT "/" REPORTS_SUMS, TEXT_ARG(scratch));
    struct sums now = {0};
    hedui_status rc = HEDUI_OK;

    if (then.at == NULL || fresh.at == NULL)
        return arena_full(arena, err);
    dict_init(&now.names, 0, false);
    FAIL(sums_load(&now, fresh.at, err));
    FAIL(then_compare(out, &now, dir, scratch, then.at, arena, err));
done:
    dict_release(&now.names);
    mem_free(now.digests);
    mem_free(now.seen);
    return rc;
}
