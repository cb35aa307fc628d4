/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/balance.h"

#include <inttypes.h>

#include "engine/base/ban.h"

void
balance_text(struct buf *out, const struct balance *balance, const struct feed_report *report)
{
    buf_printf(out,
               "行数平衡 balance: 接收 accepted %" PRIu64 " + 退回 refused %" PRIu64
               " + 合并 collapsed %" PRIu64 " + 忽略 ignored %" PRIu64 " = %" PRIu64 "\n",
               balance->accepted, balance->refused, balance->collapsed, balance->ignored,
               balance->physical + balance->mirrored);
    if (balance->mirrored > 0)
        buf_printf(out,
                   "其中另一方 of these from the other side %" PRIu64 "，文件行数 rows of the file "
                   "%" PRIu64 "\n",
                   balance->mirrored, balance->physical);
    if (balance->folded + balance->upgraded + balance->conflicting + balance->unplaced > 0)
        buf_printf(out,
                   "号码规整 folded %" PRIu64 "，15 位升位 upgraded %" PRIu64
                   "，同键不同值 conflicting %" PRIu64 "，退回且无法定位 unplaced %" PRIu64 "\n",
                   balance->folded, balance->upgraded, balance->conflicting, balance->unplaced);
    for (uint32_t i = 0; i < report->reason_count; i++)
        buf_printf(out, "  退回 refused %" PRIu64 " × " TEXT_FMT "\n", report->reasons[i].count,
                   TEXT_ARG(report->reasons[i].what));
    for (uint32_t i = 0; i < report->ignored_count; i++)
        buf_printf(out, "  忽略 ignored %" PRIu64 " × " TEXT_FMT "\n", report->ignored[i].count,
                   TEXT_ARG(report->ignored[i].what));
    for (uint32_t i = 0; i < report->file_count; i++)
        if (report->files[i].refused_path != NULL)
            buf_printf(
                out,
                "  退回行在 refused rows in '%s'（改正后用 --mends 交回 mend, then --mends）\n",
                report->files[i].refused_path);
}

static void
counts_json(struct json *json, const char *key, const struct feed_count *counts, uint32_t count)
{
    json_key(json, key);
    json_array(json);
    for (uint32_t i = 0; i < count; i++)
        json_tally(json, "what", counts[i].what, "count", counts[i].count);
    json_end_array(json);
}

void
balance_json(struct json *json, const struct balance *balance, const struct feed_report *report)
{
    const struct {
        const char *key;
        uint64_t count;
    } counts[] = {
        {"physical",    balance->physical   },
        {"accepted",    balance->accepted   },
        {"refused",     balance->refused    },
        {"collapsed",   balance->collapsed  },
        {"ignored",     balance->ignored    },
        {"mirrored",    balance->mirrored   },
        {"unplaced",    balance->unplaced   },
        {"folded",      balance->folded     },
        {"upgraded",    balance->upgraded   },
        {"conflicting", balance->conflicting},
    };

    json_key(json, "balance");
    json_object(json);
    for (size_t i = 0; i < LEN(counts); i++) {
        json_key(json, counts[i].key);
        json_uint(json, counts[i].count);
    }
    json_end_object(json);
    counts_json(json, "reasons", report->reasons, report->reason_count);
    counts_json(json, "ignored", report->ignored, report->ignored_count);
    json_key(json, "files");
    json_array(json);
    for (uint32_t i = 0; i < report->file_count; i++) {
        json_object(json);
        json_key(json, "path");
        json_str(json, report->files[i].path);
        json_key(json, "refused_path");
        if (report->files[i].refused_path == NULL)
            json_null(json);
        else
            json_str(json, report->files[i].refused_path);
        json_end_object(json);
    }
    json_end_array(json);
}
