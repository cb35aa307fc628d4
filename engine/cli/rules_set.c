/* SPDX-License-Identifier: Apache-2.0 */
/* rules set, rules follow: the two edits that operators make every year, with the way back. */
#include "engine/cli/pack_edit.h"

#include "engine/base/ban.h"

enum { FROM, REF, UNDO };

static hedui_status
set_value(struct session *session, const struct call *call, struct edited *edited,
          const struct model *model)
{
    struct pack *pack;
    struct edit edit;
    int32_t from = 0;

    if (call->operand_count != 3 || call->values[FROM] == NULL || call->values[REF] == NULL)
        return err_set(
            &session->err, HEDUI_E_USAGE,
            "用法：rules set PACK PARAM VALUE --from DAY --ref TEXT，或 rules set PACK "
            "--undo\n"
            "rules set PACK PARAM VALUE --from DAY --ref TEXT, or rules set PACK --undo");
    TRY(value_day("--from", call->values[FROM], &from, &session->err));
    TRY(pack_load(&pack, call->operands[0], model, &session->messages, &session->arena,
                  &session->err));
    edited->before = *pack_hash(pack);
    TRY(edit_set(&edit, pack, text_of(call->operands[1]), text_of(call->operands[2]), from,
                 text_of(call->values[REF]), &session->arena, &session->err));
    messages_init(&session->messages, &session->arena); /* warnings are told once, of the new */
    return pack_edit(edited, session, &edit, call->operands[0], model, "rules set");
}

static int
end_of(struct session *session, hedui_status rc, const struct edited *edited)
{
    return session_end(session, rc, edited->is_taken_back || edited->counts.failed > 0 ? 1 : 0);
}

static int
set_run(const struct call *call)
{
    struct session session;
    struct model *model;
    struct edited edited = {0};
    hedui_status rc;

    session_begin(&session);
    rc = session_model(&session, call, &model);
    if (rc == HEDUI_OK)
        rc = call->values[UNDO] != NULL ? pack_edit_undo(&session, call->operands[0], model)
                                        : set_value(&session, call, &edited, model);
    return end_of(&session, rc, &edited);
}

enum { FOLLOW_UNDO };

static hedui_status
follow(struct session *session, const struct call *call, struct edited *edited,
       const struct model *model)
{
    const struct yaml_node *extends;
    struct pack *parent, *was = NULL;
    struct messages quiet;
    struct err err = {0};
    struct edit edit;
    char hex[2 * DIGEST_BYTES + 1];
    struct text pin;

    TRY(pack_parent(&parent, &extends, call->operands[0], model, &session->messages,
                    &session->arena, &session->err));
    if (parent == NULL)
        return session->messages.errors > 0
                   ? messages_status(&session->messages, &session->err)
                   : err_set(&session->err, HEDUI_E_USAGE,
                             "'%s' 没有上级规则包（extends）\n'%s' extends no pack",
                             call->operands[0], call->operands[0]);
    messages_init(&quiet, &session->arena);
    if (pack_load(&was, call->operands[0], model, &quiet, &session->arena, &err) == HEDUI_OK) {
        edited->before = *pack_hash(was);
        buf_str(&session->out, "已是上级现在的版本，无需更新\n"
                               "it stands on its parent as it is: nothing to follow\n");
        return HEDUI_OK;
    }
    digest_hex(pack_hash(parent), hex);
    pin = arena_printf(&session->arena, TEXT_FMT "@%.12s", TEXT_ARG(pack_name(parent)), hex);
    if (pin.at == NULL)
        return arena_full(&session->arena, &session->err);
    TRY(edit_pin(&edit, extends, pin, &session->arena, &session->err));
    return pack_edit(edited, session, &edit, call->operands[0], model, "rules follow");
}

static int
follow_run(const struct call *call)
{
    struct session session;
    struct model *model;
    struct edited edited = {0};
    hedui_status rc;

    session_begin(&session);
    rc = session_model(&session, call, &model);
    if (rc == HEDUI_OK)
        rc = call->values[FOLLOW_UNDO] != NULL ? pack_edit_undo(&session, call->operands[0], model)
                                               : follow(&session, call, &edited, model);
    return end_of(&session, rc, &edited);
}

const struct verb verb_rules_set = {
    .name = "rules set",
    .operands = "PACK [PARAM VALUE]",
    .operands_min = 1,
    .operands_max = 3,
    .zh = "自某日起改一个参数：只改那一行，随即检查和测试，可撤销",
    .en = "a parameter's value from a day on: edits that line, checks, tests, can be undone",
    .options =
        {
                  [FROM] = {"from", "DAY", "自哪一天起", "the first day of the value"},
                  [REF] = {"ref", "TEXT", "依据的文号", "the paper it rests on"},
                  [UNDO] = {"undo", NULL, "撤销最近一次修改", "takes the newest change back"},
                  },
    .run = set_run,
};
const struct verb verb_rules_follow = {
    .name = "rules follow",
    .operands = "PACK",
    .operands_min = 1,
    .operands_max = 1,
    .zh = "跟上上级规则包的新版本：改 extends 一行，随即检查和测试，可撤销",
    .en = "moves a pack to its parent's new hash: checks, tests, can be undone",
    .options = {[FOLLOW_UNDO] = {"undo", NULL, "撤销最近一次修改", "takes the newest change back"}},
    .run = follow_run,
};
