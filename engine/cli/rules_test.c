/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/pack_test.h"

#include <fcntl.h>

#include "engine/base/json.h"
#include "engine/base/sys.h"
#include "engine/cli/verb.h"

#include "engine/base/ban.h"

enum { COVERAGE, MIN, BOUNDARIES, ROBUST, JUNIT };

struct listing { /* the lines of the tests, for programs */
    struct json json;
    struct buf xml;
};

/* Characters that XML gives a meaning, and control bytes, which it does not allow. */
static void
xml_text(struct buf *out, struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '&' || c == '<' || c == '>' || c == '"')
            buf_str(out, c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&quot;");
        else
            buf_byte(out, (unsigned char)c < ' ' ? ' ' : c);
    }
}

static void
line_xml(struct buf *out, const struct test_line *line)
{
    buf_str(out, "  <testcase name=\"");
    xml_text(out, line->name);
    if (line->value.len > 0) {
        buf_str(out, " [");
        xml_text(out, line->value);
        buf_byte(out, ']');
    }
    if (line->error.at == NULL) {
        buf_str(out, "\"/>\n");
        return;
    }
    buf_str(out, "\"><failure message=\"");
    xml_text(out, line->error);
    buf_str(out, "\"/></testcase>\n");
}

static void
told(void *context, const struct test_line *line)
{
    struct listing *listing = context;
    struct json *json = &listing->json;

    line_xml(&listing->xml, line);
    json_object(json);
    json_key(json, "ok");
    json_bool(json, line->error.at == NULL);
    json_key(json, "name");
    json_text(json, line->name);
    if (line->value.len > 0) {
        json_key(json, "value");
        json_text(json, line->value);
    }
    if (line->error.at != NULL) {
        json_key(json, "error");
        json_text(json, line->error);
    }
    json_end_object(json);
}

/* One test suite, of the pack's name. */
static hedui_status
junit_write(const char *path, const struct pack *pack, const struct test_counts *counts,
            const struct listing *listing, struct err *err)
{
    struct buf xml;
    hedui_status rc = HEDUI_OK;
    int fd = -1;

    buf_init(&xml, false);
    buf_str(&xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"");
    xml_text(&xml, pack_name(pack));
    buf_printf(&xml, "\" tests=\"%u\" failures=\"%u\">\n", counts->passed + counts->failed,
               counts->failed);
    buf_text(&xml, buf_part(&xml, &listing->xml));
    buf_str(&xml, "</testsuite>\n");
    FAIL(buf_check(&xml, err));
    fd = sys_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        FAIL(err_sys(err, HEDUI_E_IO, "无法写 '%s'\ncannot write '%s'", path, path));
    rc = sys_write_all(fd, xml.at, xml.len, path, err);
done:
    if (fd >= 0)
        sys_close(fd);
    buf_release(&xml);
    return rc;
}

static void
result_json(struct buf *out, const struct test_report *report, const struct test_options *options,
            const struct buf *lines)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "passed");
    json_uint(&json, report->counts.passed);
    json_key(&json, "failed");
    json_uint(&json, report->counts.failed);
    if (options->has_coverage) {
        json_key(&json, "coverage");
        json_object(&json);
        json_key(&json, "seen");
        json_uint(&json, report->seen);
        json_key(&json, "items");
        json_uint(&json, report->items);
        json_end_object(&json);
    }
    if (options->is_robust) {
        json_key(&json, "hidden");
        json_uint(&json, report->hidden);
    }
    json_key(&json, "tests");
    json_array(&json);
    json_raw(&json, buf_part(out, lines));
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
}

static hedui_status
options_read(struct test_options *options, const struct call *call, struct err *err)
{
    int64_t least = 0;

    TRY(value_count("--min", call->values[MIN], 0, 100, &least, err));
    options->min_percent = (int32_t)least;
    options->has_coverage = call->values[COVERAGE] != NULL || call->values[MIN] != NULL;
    options->has_boundaries = call->values[BOUNDARIES] != NULL;
    options->is_robust = call->values[ROBUST] != NULL;
    return HEDUI_OK;
}

static hedui_status
tests_run(struct session *session, const struct call *call, struct test_report *report,
          struct listing *listing, struct buf *lines)
{
    struct test_options options = {.told = told, .context = listing};
    bool is_json = call->common[OPT_JSON] != NULL;
    struct buf objects;
    struct pack *pack;
    hedui_status rc = HEDUI_OK;

    buf_init(&objects, true);
    json_begin(&listing->json, &objects);
    FAIL(options_read(&options, call, &session->err));
    FAIL(session_pack(session, call, call->operands[0], &pack));
    FAIL(pack_test_all(report, pack, call->operands[0], &options, &session->messages,
                       is_json ? lines : &session->out, &session->err));
    FAIL(buf_check(&listing->xml, &session->err));
    if (call->values[JUNIT] != NULL)
        FAIL(junit_write(call->values[JUNIT], pack, &report->counts, listing, &session->err));
    if (is_json)
        result_json(&session->out, report, &options, &objects);
    else
        buf_printf(&session->out, "%u passed, %u failed\n", report->counts.passed,
                   report->counts.failed);
done:
    buf_release(&objects);
    return rc;
}

static int
test_run(const struct call *call)
{
    struct session session;
    struct test_report report = {0};
    struct listing listing;
    struct buf lines;
    hedui_status rc;

    session_begin(&session);
    buf_init(&lines, true);
    buf_init(&listing.xml, true);
    rc = tests_run(&session, call, &report, &listing, &lines);
    buf_release(&listing.xml);
    buf_release(&lines);
    return session_end(&session, rc, report.counts.failed > 0 ? 1 : 0);
}

const struct verb verb_rules_test = {
    .name = "rules test",
    .operands = "PACK",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "运行规则包自带的测试",
    .en = "runs a pack's own tests",
    .has_json = true,
    .options =
        {
                  [COVERAGE] = {"coverage", NULL,
                          "测试看到了什么：每条规则成立、不成立、未知，每个例外、每段取值",
                          "what the tests have seen: each rule true, false, unknown, each "
                          "exception and value"},
                  [MIN] = {"min", "N", "覆盖不足 N% 算失败（含 --coverage）",
                     "coverage under N% fails (with --coverage)"},
                  [BOUNDARIES] = {"boundaries", NULL, "每个限额上下各试一分",
                            "tries one fen either side of every compared limit"},
                  [ROBUST] = {"robust", NULL, "逐项隐去已知信息：少知不得多断",
                        "hides what is known, input by input: to know less may not decide more"},
                  [JUNIT] = {"junit", "FILE", "结果另存为 JUnit XML", "results as JUnit XML, too"},
                  },
    .run = test_run,
};
