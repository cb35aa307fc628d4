/* SPDX-License-Identifier: Apache-2.0 */
/* rules set, rules follow: the two edits that operators make every year, with the way back. */
#include "engine/cli/pack_edit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/scratch_dir.h"
#include "engine/base/sys.h"
#include "engine/rule/flatten.h"

#include "engine/base/ban.h"

enum { FROM, REF, UNDO, IN };

/* The pack as it was, whole and on its own, for `rules diff`. */
static hedui_status
aside_put(struct scratch_dir *aside, const struct pack *pack, struct session *session)
{
    struct buf flat;
    hedui_status rc = HEDUI_OK;

    buf_init(&flat, false);
    FAIL(scratch_dir_open(aside, "hedui-set", &session->arena, &session->err));
    FAIL(pack_flatten(pack, &flat, &session->err));
    rc = sys_publish(aside->path.at, "pack.yaml", flat.at, flat.len, 0600, "cli.aside",
                     &session->err);
done:
    buf_release(&flat);
    return rc;
}

/* Another verb upon the same pack, after what was said so far: `first`, `second` are its operands,
 * --in its only option. Answers its exit code. */
static int
verb_upon(struct session *session, const struct call *call, const struct verb *verb,
          const char *first, const char *second, const char *in)
{
    const char *operands[] = {first, second};
    struct call other = {.verb = verb, .operands = operands, .operand_count = LEN(operands)};

    memcpy(other.common, call->common, sizeof other.common);
    for (uint32_t i = 0; verb->options[i].name != NULL; i++)
        if (strcmp(verb->options[i].name, "in") == 0)
            other.values[i] = in;
    if (sys_write_all(STDOUT_FILENO, session->out.at, session->out.len, "stdout", NULL) != HEDUI_OK)
        return 2;
    buf_reset(&session->out);
    return verb->run(&other);
}

static hedui_status
set_value(struct session *session, const struct call *call, struct edited *edited,
          struct scratch_dir *aside, const struct model *model)
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
    TRY(aside_put(aside, pack, session));
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
    struct scratch_dir aside = {.fd = -1};
    struct err late = {0};
    hedui_status rc;
    int diff = 0, code;

    session_begin(&session);
    rc = session_model(&session, call, &model);
    if (rc == HEDUI_OK)
        rc = call->values[UNDO] != NULL
                 ? pack_edit_undo(&edited, &session, call->operands[0], model)
                 : set_value(&session, call, &edited, &aside, model);
    if (rc == HEDUI_OK && edited.pack != NULL)
        diff = verb_upon(&session, call, &verb_rules_diff, aside.path.at, call->operands[0],
                         call->values[IN]);
    if (scratch_dir_close(&aside, &late) != HEDUI_OK)
        fprintf(stderr, "hedui: %s\n", late.text);
    code = end_of(&session, rc, &edited);
    return diff == 2 ? 2 : code; /* that something differs is what was asked for */
}

enum { FOLLOW_UNDO, FOLLOW_IN };

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
    int touched = 0, code;

    session_begin(&session);
    rc = session_model(&session, call, &model);
    if (rc == HEDUI_OK)
        rc = call->values[FOLLOW_UNDO] != NULL
                 ? pack_edit_undo(&edited, &session, call->operands[0], model)
                 : follow(&session, call, &edited, model);
    if (rc == HEDUI_OK && edited.pack != NULL && call->values[FOLLOW_IN] != NULL)
        touched = verb_upon(&session, call, &verb_rules_affected, call->operands[0],
                            call->values[FOLLOW_IN], NULL);
    code = end_of(&session, rc, &edited);
    return touched == 2 ? 2 : code;
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
                  [IN] = {"in", "CASES|RUN", "看谁因此改判：家庭（每行一个），或一次核对的结果目录",
                    "who is judged otherwise: households, a line each, or a folder of results"},
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
    .options =
        {
                  [FOLLOW_UNDO] = {"undo", NULL, "撤销最近一次修改", "takes the newest change back"},
                  [FOLLOW_IN] = {"in", "RUN", "看一次核对的结论有何不同",
                           "what differs among the verdicts of a folder of results"},
                  },
    .run = follow_run,
};
