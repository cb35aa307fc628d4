/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/doctor.h"

#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/run/secrets.h"

#include "engine/base/ban.h"

static const struct {
    const char *zh, *en;
} words[] = {
    [DOCTOR_GOOD] = {"好",    "good"   },
    [DOCTOR_NOTE] = {"留意", "note"   },
    [DOCTOR_WRONG] = {"有误", "wrong"  },
    [DOCTOR_SKIPPED] = {"未查", "skipped"},
};

static void
results_text(struct buf *out, const struct doctor_result *results, uint32_t count)
{
    uint32_t counts[LEN(words)] = {0};

    for (uint32_t i = 0; i < count; i++) {
        const struct doctor_result *result = &results[i];

        counts[result->level]++;
        buf_printf(out, "[%s %s] %s | %s\n    " TEXT_FMT "\n    " TEXT_FMT "\n",
                   words[result->level].zh, words[result->level].en, result->zh, result->en,
                   TEXT_ARG(result->zh_said), TEXT_ARG(result->en_said));
    }
    buf_printf(out, "有误 wrong %u，留意 note %u，好 good %u，未查 skipped %u\n",
               counts[DOCTOR_WRONG], counts[DOCTOR_NOTE], counts[DOCTOR_GOOD],
               counts[DOCTOR_SKIPPED]);
}

static void
results_json(struct buf *out, const struct doctor_result *results, uint32_t count)
{
    struct json json;

    json_begin(&json, out);
    json_object(&json);
    json_key(&json, "checks");
    json_array(&json);
    for (uint32_t i = 0; i < count; i++) {
        json_object(&json);
        json_key(&json, "name");
        json_str(&json, results[i].name);
        json_key(&json, "is");
        json_str(&json, doctor_level_name(results[i].level));
        json_key(&json, "zh");
        json_text(&json, results[i].zh_said);
        json_key(&json, "en");
        json_text(&json, results[i].en_said);
        json_end_object(&json);
    }
    json_end_array(&json);
    json_end_object(&json);
    json_newline(&json);
}

static hedui_status
doctor(struct session *session, const struct call *call, bool *is_wrong)
{
    struct doctor_options options = {
        .data = call->common[OPT_DATA] != NULL ? call->common[OPT_DATA] : "./hedui-data",
        .is_ring_named = call->common[OPT_RING] != NULL,
        .model = call->common[OPT_MODEL],
    };
    struct doctor_result *results;
    struct secrets secrets;
    struct text path;
    uint32_t count;

    if (options.model == NULL) {
        TRY(shared_path(&path, "rules/model.yaml", &session->arena, &session->err));
        options.model = path.at;
    }
    TRY(shared_path(&path, "adapters/applicants/mapping.yaml", &session->arena, &session->err));
    options.mapping = path.at;
    TRY(secrets_find(&secrets, options.data, call->common[OPT_KEY], call->common[OPT_RING],
                     &session->arena, &session->err));
    options.key = secrets.key;
    options.ring = secrets.ring;
    TRY(doctor_run(&results, &count, &options, &session->arena, &session->err));
    for (uint32_t i = 0; i < count; i++)
        *is_wrong = *is_wrong || results[i].level == DOCTOR_WRONG;
    if (call->common[OPT_JSON] != NULL)
        results_json(&session->out, results, count);
    else
        results_text(&session->out, results, count);
    return HEDUI_OK;
}

static int
doctor_verb_run(const struct call *call)
{
    struct session session;
    bool is_wrong = false;

    session_begin(&session);
    hedui_status rc = doctor(&session, call, &is_wrong);
    return session_end(&session, rc, is_wrong ? 1 : 0);
}

const struct verb verb_doctor = {
    .name = "doctor",
    .operands = "",
    .zh = "检查密钥、密钥环、权限、磁盘、快照、时钟和程序库",
    .en = "checks key, key ring, rights, disk, snapshots, clock and libraries",
    .has_json = true,
    .options = {{0}},
    .run = doctor_verb_run,
};
