/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/ingest.h"

#include <inttypes.h>
#include <stdio.h>

#include "engine/base/json.h"
#include "engine/base/slab.h"
#include "engine/base/sys.h"
#include "engine/cli/balance.h"
#include "engine/cli/covered.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

enum {
    AS_OF,
    SOURCE,
    MENDS,
    COVERS,
    DIVISIONS,
    REFUSED,
    REFUSE_MAX,
    WAIT,
    COMPLETE,
    ALLOW_EMPTY,
    NO_SYNC
};

#define SOURCE_BYTES 64

/* A source is named in rule packs and printed everywhere: a word, without blanks and separators. */
static hedui_status
source_check(const char *value, struct err *err)
{
    struct text text = text_of(value);
    bool is_word = value == NULL || (text.len > 0 && text.len <= SOURCE_BYTES);

    for (size_t i = 0; i < text.len; i++)
        is_word = is_word && ((unsigned char)text.at[i] >= 0x80 || text.at[i] == '_' ||
                              (text.at[i] >= '0' && text.at[i] <= '9') ||
                              ((text.at[i] | 0x20) >= 'a' && (text.at[i] | 0x20) <= 'z'));
    if (is_word)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "--source 要写一个词（字母、数字、_ 或汉字），不能是 '%s'\n"
                   "--source needs one word (letters, digits, _), not '%s'",
                   value, value);
}

/* Prefixes of division codes: digits only, or nothing would ever match and all be not_asked. */
static hedui_status
divisions_check(const struct ingest_options *options, const char *value, struct err *err)
{
    bool is_good = options->division_count > 0;

    for (uint32_t i = 0; i < options->division_count; i++) {
        is_good = is_good && options->divisions[i].len <= 12;
        for (size_t j = 0; j < options->divisions[i].len; j++)
            is_good =
                is_good && options->divisions[i].at[j] >= '0' && options->divisions[i].at[j] <= '9';
    }
    if (is_good)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "--divisions 要写行政区划代码，如 320581,320582，不能是 '%s'\n"
                   "--divisions needs codes such as 320581,320582, not '%s'",
                   value, value);
}

/* Data of a year far from now is a slip of the hand; from the future they would never grow stale.
 */
static hedui_status
as_of_check(const char *value, int32_t as_of, struct err *err)
{
    if (value == NULL || (as_of >= date_of(2000, 1, 1) && as_of <= date_of(2099, 12, 31)))
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE,
                   "--as-of 应在 2000 年到 2099 年之间，不能是 '%s'\n"
                   "--as-of lies from 2000 to 2099, not '%s'",
                   value, value);
}

static hedui_status
options_read(struct ingest_options *options, int64_t *refuse_max, const struct call *call,
             struct session *session)
{
    const char *const *v = call->values;
    struct err *err = &session->err;
    int64_t wait = 60;

    *options = (struct ingest_options){
        .data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data",
        .source = v[SOURCE],
        .mends = v[MENDS],
        .refused_dir = v[REFUSED],
        .memory = (size_t)2 << 30,
        .allows_empty = v[ALLOW_EMPTY] != NULL,
        .is_unsynced = v[NO_SYNC] != NULL,
    };
    if (v[AS_OF] == NULL && v[MENDS] == NULL)
        return err_set(
            err, HEDUI_E_USAGE,
            "请用 --as-of 写明数据截至哪一天\nsay with --as-of which day the data are of");
    TRY(value_day("--as-of", v[AS_OF], &options->as_of, err));
    TRY(as_of_check(v[AS_OF], options->as_of, err));
    TRY(source_check(v[SOURCE], err));
    if (v[MENDS] != NULL) {
        struct text digest;

        TRY(value_digest("--mends", v[MENDS], &digest, &session->arena, err));
        options->mends = digest.at;
    }
    TRY(value_count("--wait", v[WAIT], 0, 86400, &wait, err));
    TRY(value_count("--refuse-max", v[REFUSE_MAX], 0, INT64_MAX, refuse_max, err));
    TRY(value_size("--memory", call->common[OPT_MEMORY], &options->memory, err));
    options->wait_ms = wait * 1000;
    if (v[COVERS] != NULL) {
        TRY(value_months("--covers", v[COVERS], &options->covers_from, &options->covers_until,
                         err));
        options->has_covers = true;
    }
    if (v[DIVISIONS] != NULL) {
        struct text *divisions;

        TRY(value_list(v[DIVISIONS], &divisions, &options->division_count, &session->arena, err));
        options->divisions = divisions;
        TRY(divisions_check(options, v[DIVISIONS], err));
    }
    return HEDUI_OK;
}

static void
result_json(struct buf *out, const struct ingest_result *result)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "source");
    json_text(&json, result->source);
    json_key(&json, "kind");
    json_text(&json, result->kind);
    json_digest(&json, "delivery", &result->delivery);
    json_key(&json, "snapshot");
    json_uint(&json, result->snapshot);
    json_key(&json, "bytes");
    json_uint(&json, result->bytes);
    json_key(&json, "owners");
    json_uint(&json, result->owners);
    json_key(&json, "partial");
    json_bool(&json, result->is_partial);
    json_key(&json, "unchanged");
    json_bool(&json, result->is_unchanged);
    covered_json(&json, result);
    balance_json(&json, &result->balance, &result->report);
    json_end_object(&json);
    json_newline(&json);
}

static void
result_text(struct buf *out, const struct ingest_result *result)
{
    char hex[2 * DIGEST_BYTES + 1];

    digest_hex(&result->delivery, hex);
    buf_printf(out, "来源 source " TEXT_FMT "，记录 kind " TEXT_FMT "\n", TEXT_ARG(result->source),
               TEXT_ARG(result->kind));
    balance_text(out, &result->balance, &result->report);
    if (result->balance.accepted + result->balance.refused == 0)
        buf_str(out, "注意：文件里一行数据也没有，等于说这个来源查无任何人\n"
                     "note: not one row: this says that the source knows nobody\n");
    covered_text(out, result);
    if (result->is_partial)
        buf_str(out, "注意：无法读出本人的退回行过多，这份数据对所有人都算不完整\n"
                     "note: too many refused rows have no readable owner; the delivery is partial "
                     "for everyone\n");
    if (result->is_unchanged)
        buf_printf(
            out,
            "注意：快照 %" PRIu64 " 里已有完全相同的一份，没有任何变化，仍是快照 %" PRIu64 "\n"
            "note: snapshot %" PRIu64 " holds this very delivery already: nothing changed, it "
            "stays snapshot %" PRIu64 "\n",
            result->snapshot, result->snapshot, result->snapshot, result->snapshot);
    for (uint32_t i = 0; i < result->fallen_count; i++)
        buf_printf(out, TEXT_FMT "\n", TEXT_ARG(result->fallen[i]));
    buf_printf(out,
               "数据 delivery %.16s…，%" PRIu64 " 字节 bytes，%" PRIu64
               " 人 owners\n快照 snapshot %" PRIu64 "\n",
               hex, result->bytes, result->owners, result->snapshot);
}

static bool
is_mapping(const char *operand)
{
    struct text name = text_of(operand);

    return text_ends(name, TEXT(".yaml")) || text_ends(name, TEXT(".yml"));
}

/* The operands from `first` on that make one delivery: a mapping and its files. */
static uint32_t
part_end(const struct call *call, uint32_t first)
{
    uint32_t end = first + 1;

    while (end < call->operand_count && !is_mapping(call->operands[end]))
        end++;
    return end;
}

/* All is looked at before the first delivery is made. */
static hedui_status
parts_check(const struct call *call, struct err *err)
{
    bool is_one = part_end(call, 0) == call->operand_count;

    if (!is_one && (call->values[SOURCE] != NULL || call->values[MENDS] != NULL ||
                    call->values[COVERS] != NULL))
        return err_set(err, HEDUI_E_USAGE,
                       "--source、--mends、--covers 只用于一份数据，请分开接收\n"
                       "--source, --mends and --covers are of one delivery: ingest it by itself");
    for (uint32_t at = 0; at < call->operand_count; at = part_end(call, at))
        if (part_end(call, at) == at + 1)
            return err_set(err, HEDUI_E_USAGE,
                           "映射 '%s' 后面没有数据文件\nno data file follows the mapping '%s'",
                           call->operands[at], call->operands[at]);
    for (uint32_t at = 0; !is_one && at < call->operand_count; at++)
        if (!sys_exists(call->operands[at]))
            return err_set(err, HEDUI_E_INPUT,
                           "找不到 '%s'，什么也没有接收\n'%s' is not there; nothing was ingested",
                           call->operands[at], call->operands[at]);
    return HEDUI_OK;
}

/* What is told while it goes on. */
struct telling {
    struct progress progress;
    struct buf *out;
    bool is_json;
    uint64_t refused;
};

static void
telling_progress(void *context, uint64_t done, uint64_t all)
{
    struct telling *telling = context;

    progress_show(&telling->progress, done, all);
}

static void
telling_result(void *context, const struct ingest_result *result)
{
    struct telling *telling = context;

    progress_clear(&telling->progress);
    progress_init(&telling->progress, "MB", 1000000);
    if (telling->is_json)
        result_json(telling->out, result);
    else
        result_text(telling->out, result);
    telling->refused += result->balance.refused;
}

static hedui_status
parts_ingest(struct ingest_options *options, const struct call *call, struct session *session,
             uint64_t *refused)
{
    struct telling telling = {.out = &session->out, .is_json = call->common[OPT_JSON] != NULL};
    struct ingest_part *parts =
        arena_alloc(&session->arena, call->operand_count, sizeof *options->parts);
    bool is_new_ring = false;
    hedui_status rc;

    if (parts == NULL)
        return arena_full(&session->arena, &session->err);
    for (uint32_t at = 0; at < call->operand_count; at = part_end(call, at))
        parts[options->part_count++] = (struct ingest_part){
            .mapping = call->operands[at],
            .files = call->operands + at + 1,
            .file_count = part_end(call, at) - at - 1,
        };
    options->parts = parts;
    options->progress = telling_progress;
    options->told = telling_result;
    options->context = &telling;
    progress_init(&telling.progress, "MB", 1000000);
    rc = ingest(options, session->world, session->pool, &is_new_ring, &session->messages,
                &session->arena, &session->err);
    progress_clear(&telling.progress);
    if (is_new_ring)
        fprintf(
            stderr,
            "hedui: 已生成密钥环 '%s'。丢失它，密封的姓名和号码原文就再也打不开；请另存一份\n"
            "hedui: a key ring was made at '%s'. Without it the sealed names and numbers cannot "
            "be opened again: keep a copy\n",
            session->world->ring_path, session->world->ring_path);
    *refused = telling.refused;
    return rc;
}

static int
ingest_run(const struct call *call)
{
    struct session session;
    struct ingest_options options;
    int64_t refuse_max = 0;
    uint64_t refused = 0;
    hedui_status rc;

    session_begin(&session);
    rc = options_read(&options, &refuse_max, call, &session); /* first: a slip makes no folder */
    if (rc == HEDUI_OK)
        rc = parts_check(call, &session.err);
    if (rc == HEDUI_OK)
        rc = session_world(&session, call, false, 0, false);
    if (rc == HEDUI_OK)
        rc = parts_ingest(&options, call, &session, &refused);
    slabs_trim();
    return session_end(&session, rc, refused > (uint64_t)refuse_max ? 1 : 0);
}

const struct verb verb_ingest = {
    .name = "ingest",
    .operands = "MAPPING FILE… [MAPPING FILE…]…",
    .operands_min = 2,
    .operands_max = OPERANDS_MAX,
    .zh = "接收部门数据，每个映射生成一份新的数据和快照",
    .en = "department files to a new delivery and a new snapshot, one of each a mapping",
    .has_json = true,
    .options =
        {
                  [AS_OF] = {"as-of", "DATE", "数据截至日", "the day that the data are of"},
                  [SOURCE] = {"source", "NAME", "来源名（默认按映射）",
                        "name of the source (the mapping's)"},
                  [MENDS] = {"mends", "DIGEST", "补正该份数据中被退回的行",
                       "mends refused rows of that delivery"},
                  [COVERS] =
                {"covers", "A..B", "覆盖的月份（默认：截至日已过完、行数不零星的月份）",
                 "months covered (those over on the as-of day that hold more than stray rows)"},
                  [DIVISIONS] = {"divisions", "LIST", "覆盖的行政区划（前缀）",
                           "divisions covered (prefixes)"},
                  [REFUSED] = {"refused", "DIR", "退回行写到此目录", "folder for refused rows"},
                  [REFUSE_MAX] = {"refuse-max", "N", "退回不超过 N 行仍算成功（默认 0）",
                            "up to N refused rows are exit 0 (0)"},
                  [WAIT] = {"wait", "SECONDS", "等待另一次接收（默认 60）",
                      "wait for another ingest (60)"},
                  [COMPLETE] = {"complete", NULL, "全量（默认，也是目前唯一方式）",
                          "complete (the default, and so far the only mode)"},
                  [ALLOW_EMPTY] = {"allow-empty", NULL, "确认一行数据也没有：这个来源查无任何人",
                             "confirms that there is not one row: the source knows nobody"},
                  [NO_SYNC] = {"no-sync", NULL, "不落盘同步，仅供测速",
                         "do not sync: for measuring only"},
                  },
    .run = ingest_run,
};
