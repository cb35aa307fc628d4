/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/brief.h"

#include <stdio.h>
#include <sys/stat.h>

#include "engine/base/sys.h"
#include "engine/index/manifest.h"
#include "engine/index/snapshot.h"

#include "engine/base/ban.h"

#define PATH_BYTES 4096
#define PREFIX_MIN 8 /* hex digits; fewer would name several deliveries one day */

static hedui_status
brief_fill(struct brief *out, const char *data, struct arena *arena, struct err *err)
{
    char path[PATH_BYTES];
    struct manifest manifest;
    struct stat st;
    hedui_status rc;

    if (snprintf(path, sizeof path, "%s/snapshots/%08llu.json", data, (unsigned long long)out->id) <
            (int)sizeof path &&
        sys_stat(path, &st) == 0)
        out->written_s = (int64_t)st.st_mtime;
    rc = manifest_load(&manifest, data, out->id, arena, err);
    if (rc == HEDUI_E_FORMAT) {
        out->is_damaged = true;
        err_reset(err);
        return HEDUI_OK;
    }
    TRY(rc);
    out->digest = manifest.digest;
    out->count = manifest.count;
    out->entries = arena_alloc(arena, manifest.count, sizeof *out->entries);
    if (out->entries == NULL)
        return arena_full(arena, err);
    for (uint32_t i = 0; i < manifest.count; i++)
        out->entries[i] = (struct brief_entry){
            .delivery = manifest.entries[i].delivery,
            .source = manifest.entries[i].source,
            .kind = manifest.entries[i].kind,
            .as_of = manifest.entries[i].as_of,
            .is_mend = manifest.entries[i].is_mend,
        };
    return HEDUI_OK;
}

hedui_status
brief_list(struct brief **out, uint32_t *count, const char *data, struct arena *arena,
           struct err *err)
{
    uint64_t *ids, newest = 0;
    struct brief *briefs;

    TRY(snapshot_list(&ids, count, data, arena, err));
    briefs = arena_alloc(arena, *count, sizeof *briefs);
    if (briefs == NULL)
        return arena_full(arena, err);
    if (*count > 0)
        TRY(manifest_newest(&newest, data, arena, err));
    for (uint32_t i = 0; i < *count; i++) {
        briefs[i].id = ids[i];
        briefs[i].is_current = ids[i] == newest;
        TRY(brief_fill(&briefs[i], data, arena, err));
    }
    *out = briefs;
    return HEDUI_OK;
}

hedui_status
brief_find(uint64_t *id, struct text word, const char *data, struct arena *arena, struct err *err)
{
    struct brief *briefs;
    uint32_t count, found = 0;
    int64_t number;

    TRY(brief_list(&briefs, &count, data, arena, err));
    if (text_int(word, &number) && number > 0) {
        for (uint32_t i = 0; i < count; i++)
            if (briefs[i].id == (uint64_t)number) {
                *id = briefs[i].id;
                return HEDUI_OK;
            }
        TRY(manifest_was_dropped(data, (uint64_t)number, arena, err));
    }
    for (uint32_t i = 0; i < count && word.len >= PREFIX_MIN; i++) {
        char hex[2 * DIGEST_BYTES + 1];

        digest_hex(&briefs[i].digest, hex);
        if (briefs[i].is_damaged || !text_starts(text_of(hex), word))
            continue;
        found++;
        *id = briefs[i].id;
    }
    if (found == 1)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   found == 0 ? "没有快照 '" TEXT_FMT "'，见 hedui snapshot list\n"
                                "there is no snapshot '" TEXT_FMT "', see hedui snapshot list"
                              : "'" TEXT_FMT "' 对应多个快照，请多写几位\n"
                                "'" TEXT_FMT "' names several snapshots, give more digits",
                   TEXT_ARG(word), TEXT_ARG(word));
}
