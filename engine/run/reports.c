/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/reports.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "engine/base/fp.h"
#include "engine/base/sys.h"

#include "engine/base/ban.h"

struct reports_lane {
    struct arena kept; /* what the overview says of its cases */
    struct buf html;   /* the report at hand */
};

struct reports {
    char above[4096], dir[4096]; /* OUT, OUT/reports */
    bool is_published;
    struct text run;
    uint32_t count, lane_count;
    struct reports_lane *lanes;
    struct overview_case *cases; /* in the order of the batch */
    struct digest *digests;      /* of their files */
};

static hedui_status
dir_make(char out[4096], const char *dir, struct err *err)
{
    int n = snprintf(out, 4096, "%s/reports", dir);

    if (n < 0 || n >= 4096)
        return err_set(err, HEDUI_E_USAGE, "路径太长：'%s'\npath too long: '%s'", dir, dir);
    return HEDUI_OK;
}

/* What a run of ours wrote there; a scan of a signed report that somebody keeps is not ours. */
static bool
is_ours(struct text name)
{
    return text_ends(name, TEXT(".html")) || text_starts(name, TEXT(".tmp-")) ||
           text_is(name, "SHA256SUMS");
}

hedui_status
reports_retract(const char *dir, struct err *err)
{
    struct arena arena;
    struct text *names;
    char path[4096];
    size_t count = 0;
    hedui_status rc = HEDUI_OK;

    TRY(dir_make(path, dir, err));
    if (!sys_exists(path))
        return HEDUI_OK;
    arena_init(&arena, "names", 0, false);
    FAIL(sys_list_dir(&names, &count, path, &arena, err));
    for (size_t i = 0; i < count; i++) {
        struct text old = arena_printf(&arena, "%s/" TEXT_FMT, path, TEXT_ARG(names[i]));

        if (old.at == NULL)
            FAIL(arena_full(&arena, err));
        if (is_ours(names[i]) && (FP("run.report.retract") != 0 || sys_unlink(old.at) != 0) &&
            errno != ENOENT)
            FAIL(err_sys(err, HEDUI_E_IO, "无法删除旧的 '%s'\ncannot remove the older '%s'", old.at,
                         old.at));
    }
done:
    arena_release(&arena);
    return rc;
}

hedui_status
reports_open(struct reports **out, const char *dir, struct text run, uint32_t cases, uint32_t lanes,
             struct err *err)
{
    struct reports *reports = mem_resize(NULL, 1, sizeof *reports);
    hedui_status rc = HEDUI_OK;

    if (reports == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法写报告\nno memory for the reports");
    *reports = (struct reports){.run = run, .count = cases};
    reports->cases = mem_resize(NULL, (size_t)cases + 1, sizeof *reports->cases);
    reports->digests = mem_resize(NULL, (size_t)cases + 1, sizeof *reports->digests);
    reports->lanes = mem_resize(NULL, lanes, sizeof *reports->lanes);
    if (reports->cases == NULL || reports->digests == NULL || reports->lanes == NULL)
        FAIL(err_set(err, HEDUI_E_MEMORY, "内存不足，无法写报告\nno memory for the reports"));
    for (; reports->lane_count < lanes; reports->lane_count++) {
        arena_init(&reports->lanes[reports->lane_count].kept, "overview", 0, true);
        buf_init(&reports->lanes[reports->lane_count].html, true);
    }
    FAIL(dir_make(reports->dir, dir, err));
    snprintf(reports->above, sizeof reports->above, "%s", dir);
    FAIL(sys_make_dirs(reports->dir, err));
    *out = reports;
done:
    if (rc != HEDUI_OK)
        reports_close(reports);
    return rc;
}

void
reports_close(struct reports *reports)
{
    struct err late = {0};

    if (reports == NULL)
        return;
    if (!reports->is_published && reports->above[0] != '\0') {
        /* the run failed and has its sentence; without run.json nobody takes leftovers for results
         */
        hedui_status dropped = reports_retract(reports->above, &late);

        (void)dropped;
    }
    for (uint32_t i = 0; i < reports->lane_count; i++) {
        arena_release(&reports->lanes[i].kept);
        buf_release(&reports->lanes[i].html);
    }
    mem_free(reports->lanes);
    mem_free(reports->cases);
    mem_free(reports->digests);
    mem_free(reports);
}

/* Whole or not at all; on the disk only after the one sync of reports_publish(). */
static hedui_status
file_write(const struct reports *reports, struct text name, const struct buf *bytes,
           struct err *err)
{
    char path[4500], aside[4500];
    hedui_status rc = HEDUI_OK;
    int fd = -1;

    snprintf(path, sizeof path, "%s/" TEXT_FMT, reports->dir, TEXT_ARG(name));
    snprintf(aside, sizeof aside, "%s/.tmp-" TEXT_FMT, reports->dir, TEXT_ARG(name));
    if (FP("run.report.open") == 0)
        fd = sys_open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || FP("run.report.write") != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法写入 '%s'\ncannot write '%s'", path, path));
    FAIL(sys_write_all(fd, bytes->at, bytes->len, path, err));
    if (FP("run.report.rename") != 0 || sys_rename(aside, path) != 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法改名为 '%s'\ncannot rename to '%s'", path, path));
done:
    if (fd >= 0)
        sys_close(fd);
    if (fd >= 0 && rc != HEDUI_OK)
        sys_unlink(aside); /* nothing half done stays; a failure here changes nothing */
    return rc;
}

static hedui_status
report_put(void *context, const struct report_case *report, const struct buf *html, struct err *err)
{
    struct reports_turn *turn = context;
    struct reports *reports = turn->reports;
    struct arena *kept = &reports->lanes[turn->lane].kept;
    struct overview_case *row = &reports->cases[turn->next];
    struct buf name;
    hedui_status rc = HEDUI_OK;

    assert(turn->next < reports->count);
    buf_init(&name, false);
    report_name(&name, report->household->case_no);
    FAIL(buf_check(&name, err));
    FAIL(file_write(reports, buf_as_text(&name), html, err));
    reports->digests[turn->next++] = digest_of(html->at, html->len);
    overview_case_fill(row, report->household, report->judgement);
    row->headline = arena_text(kept, row->headline); /* the case's arena ends with it */
    if (row->headline.at == NULL)
        FAIL(arena_full(kept, err));
done:
    buf_release(&name);
    return rc;
}

struct verify_reporter *
reports_turn(struct reports_turn *turn, struct reports *reports, uint32_t lane, uint32_t first)
{
    if (reports == NULL)
        return NULL;
    *turn = (struct reports_turn){.reports = reports, .lane = lane, .next = first};
    turn->reporter = (struct verify_reporter){.run = reports->run,
                                              .html = &reports->lanes[lane].html,
                                              .put = report_put,
                                              .context = turn};
    return &turn->reporter;
}

static void
sum_line(struct buf *out, const struct digest *digest, const struct buf *name)
{
    buf_hex(out, digest->bytes, sizeof digest->bytes);
    buf_str(out, "  "); /* as sha256sum -c reads it */
    buf_text(out, buf_part(out, name));
    buf_byte(out, '\n');
}

static hedui_status
pages_write(const struct reports *reports, const struct overview *overview, struct buf *sums,
            struct err *err)
{
    struct buf page, name;
    hedui_status rc = HEDUI_OK;

    buf_init(&page, true);
    buf_init(&name, false);
    for (int is_refused = 0; is_refused < 2; is_refused++) {
        uint32_t count = is_refused ? overview_refused_pages(overview) : overview_pages(overview);

        for (uint32_t i = 0; i < count; i++) {
            struct digest digest;

            buf_reset(&page);
            buf_reset(&name);
            overview_name(&name, is_refused, i);
            if (is_refused)
                overview_refused_print(&page, overview, i);
            else
                overview_print(&page, overview, i);
            FAIL(buf_check(&page, err));
            FAIL(buf_check(&name, err));
            FAIL(file_write(reports, buf_as_text(&name), &page, err));
            digest = digest_of(page.at, page.len);
            sum_line(sums, &digest, &name);
        }
    }
done:
    buf_release(&name);
    buf_release(&page);
    return rc;
}

/* One sync for thousands of small files: syncing each would take minutes on a slow disk. */
static hedui_status
all_sync(const struct reports *reports, struct err *err)
{
    int fd = sys_open(reports->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), rc = -1;

    if (fd >= 0 && FP("run.report.sync") == 0)
        rc = sys_syncfs(fd);
    if (fd >= 0)
        sys_close(fd);
    if (rc != 0)
        return err_sys(err, HEDUI_E_IO, "无法同步 '%s'\ncannot sync '%s'", reports->dir,
                       reports->dir);
    return HEDUI_OK;
}

hedui_status
reports_publish(struct reports *reports, struct overview *overview, struct digest *sums_digest,
                struct err *err)
{
    struct buf sums, name;
    hedui_status rc = HEDUI_OK;

    buf_init(&sums, false);
    buf_init(&name, false);
    for (uint32_t i = 0; i < reports->count; i++) {
        buf_reset(&name);
        report_name(&name, reports->cases[i].case_no);
        sum_line(&sums, &reports->digests[i], &name);
    }
    overview_rank(reports->cases, reports->count);
    overview->run = reports->run;
    overview->cases = reports->cases;
    overview->case_count = reports->count;
    FAIL(pages_write(reports, overview, &sums, err));
    FAIL(all_sync(reports, err));
    FAIL(buf_check(&sums, err));
    *sums_digest = digest_of(sums.at, sums.len);
    FAIL(sys_publish(reports->dir, "SHA256SUMS", sums.at, sums.len, 0600, "run.report.sums", err));
    reports->is_published = true;
done:
    buf_release(&name);
    buf_release(&sums);
    return rc;
}
