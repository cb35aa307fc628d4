/* SPDX-License-Identifier: Apache-2.0 */
/* rules hash, rules flatten: a pack by its meaning, and the chain that it stands on as one text. */
#include "engine/base/json.h"
#include "engine/cli/verb.h"
#include "engine/rule/flatten.h"

#include "engine/base/ban.h"

static hedui_status
open_named(struct pack **pack, struct session *session, const struct call *call)
{
    struct model *model;

    TRY(session_model(session, call, &model));
    return pack_load(pack, call->operands[0], model, &session->messages, &session->arena,
                     &session->err);
}

static void
layers_json(struct json *json, const struct pack *pack)
{
    json_key(json, "pack");
    json_text(json, pack_name(pack));
    json_digest(json, "hash", pack_hash(pack));
    json_key(json, "layers");
    json_array(json);
    for (uint32_t i = 0; i < pack_layer_count(pack); i++) {
        const struct pack_layer *layer = pack_layer(pack, i);

        json_object(json);
        json_key(json, "pack");
        json_text(json, layer->name);
        json_key(json, "zh");
        json_text(json, layer->zh);
        json_key(json, "level");
        json_text(json, layer->level);
        json_key(json, "path");
        json_str(json, layer->dir);
        json_digest(json, "hash", &layer->hash);
        json_end_object(json);
    }
    json_end_array(json);
}

/* Errors of the pack are the answer of these verbs: exit 1, as of `rules check`. */
static int
end_of(struct session *session, hedui_status rc)
{
    bool is_wrong = rc == HEDUI_E_INPUT && session->messages.errors > 0;

    return session_end(session, is_wrong ? HEDUI_OK : rc, is_wrong ? 1 : 0);
}

static int
hash_run(const struct call *call)
{
    struct session session;
    struct pack *pack = NULL;
    hedui_status rc;

    session_begin(&session);
    rc = open_named(&pack, &session, call);
    if (rc == HEDUI_OK && call->common[OPT_JSON] != NULL) {
        struct json json;

        json_begin(&json, &session.out);
        json_object(&json);
        layers_json(&json, pack);
        json_end_object(&json);
        json_newline(&json);
    } else if (rc == HEDUI_OK) {
        for (uint32_t i = 0; i < pack_layer_count(pack); i++) {
            const struct pack_layer *layer = pack_layer(pack, i);
            char hex[2 * DIGEST_BYTES + 1];

            digest_hex(&layer->hash, hex);
            buf_printf(&session.out, "%s  " TEXT_FMT "\n", hex, TEXT_ARG(layer->name));
        }
    }
    return end_of(&session, rc);
}

static int
flatten_run(const struct call *call)
{
    struct session session;
    struct pack *pack = NULL;
    hedui_status rc;

    session_begin(&session);
    rc = open_named(&pack, &session, call);
    if (rc == HEDUI_OK && call->common[OPT_JSON] != NULL) {
        struct json json;

        json_begin(&json, &session.out);
        json_object(&json);
        layers_json(&json, pack);
        json_key(&json, "lines");
        rc = pack_flatten_json(pack, &json, &session.err);
        json_end_object(&json);
        json_newline(&json);
    } else if (rc == HEDUI_OK) {
        rc = pack_flatten(pack, &session.out, &session.err);
    }
    return end_of(&session, rc);
}

const struct verb verb_rules_hash = {
    .name = "rules hash",
    .operands = "PACK",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "规则包及其各级上级的含义散列",
    .en = "the meaning hash of a pack and of those it stands on",
    .has_json = true,
    .options = {{0}},
    .run = hash_run,
};
const struct verb verb_rules_flatten = {
    .name = "rules flatten",
    .operands = "PACK",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "把分级规则包合成一份，逐行注明出处",
    .en = "a chain of packs as one, each line with its origin",
    .has_json = true,
    .options = {{0}},
    .run = flatten_run,
};
