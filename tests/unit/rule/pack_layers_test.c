/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of packs: what a child may change, what it is told otherwise, and what is in force then.
 */
#include "engine/rule/pack.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/rule/flatten.h"
#include "engine/rule/pack_in.h"
#include "tests/t.h"

#define LAYERS 3
static const char *const names[LAYERS] = {"top", "mid", "low"};
static char folder[64];

static void
path_of(char *out, size_t room, const char *name, const char *file)
{
    snprintf(out, room, "%s/%s%s%s", folder, name, file == NULL ? "" : "/",
             file == NULL ? "" : file);
}

static void
pack_put(const char *name, const char *text, const char *hash)
{
    char path[128];
    const char *mark = hash == NULL ? NULL : strstr(text, "@HASH");
    FILE *file;

    path_of(path, sizeof path, name, NULL);
    (void)mkdir(path, 0700);
    path_of(path, sizeof path, name, "pack.yaml");
    file = fopen(path, "w");
    T_TRUE(file != NULL);
    if (file == NULL)
        return;
    if (mark == NULL)
        fputs(text, file);
    else
        fprintf(file, "%.*s@%.12s%s", (int)(mark - text), text, hash, mark + 5);
    fclose(file);
}

static void
folder_make(void)
{
    snprintf(folder, sizeof folder, "/tmp/hedui-chain-XXXXXX");
    T_TRUE(mkdtemp(folder) != NULL);
}

static void
folder_drop(void)
{
    char path[128];

    for (size_t i = 0; i < LAYERS; i++) {
        path_of(path, sizeof path, names[i], "pack.yaml");
        (void)unlink(path);
        path_of(path, sizeof path, names[i], NULL);
        (void)rmdir(path);
    }
    (void)rmdir(folder);
}

static struct pack *
load(const char *name, struct arena *arena, struct messages *messages)
{
    struct model *model;
    struct pack *pack = NULL;
    struct err err = {0};
    char path[128];

    messages_init(messages, arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, arena, &err), &err);
    path_of(path, sizeof path, name, NULL);
    if (pack_load(&pack, path, model, messages, arena, &err) != HEDUI_OK)
        T_TRUE(pack == NULL && messages->errors > 0);
    return pack;
}

/* Writes the texts, each pinned to the one before; loads the last. */
static struct pack *
chain(const char *const *texts, struct arena *arena, struct messages *messages)
{
    char hex[2 * DIGEST_BYTES + 1];
    struct pack *pack = NULL;

    for (size_t i = 0; i < LAYERS && texts[i] != NULL; i++) {
        pack_put(names[i], texts[i], i > 0 && pack != NULL ? hex : NULL);
        pack = load(names[i], arena, messages);
        if (pack != NULL)
            digest_hex(pack_hash(pack), hex);
    }
    return pack;
}

#define TOP                                                                                        \
    "hedui: 1\npack: top\nzh: 省\nlevel: province\nprogramme: dibao\n"                            \
    "params:\n"                                                                                    \
    "  standard: {zh: 标准, type: int, local: city, range: 600..2000, values: []}\n"             \
    "  months: {zh: 月数, type: int, local: county, range: 12..36, values: [{from: 2025-07-01, " \
    "value: 24, ref: 省文}, {from: 2027-01-01, value: 20, ref: 省文}]}\n"                      \
    "  shut: {zh: 定数, type: int, values: [{from: 2025-07-01, value: 1, ref: 省文}]}\n"       \
    "facts:\n"                                                                                     \
    "  n: {zh: 数, type: int, is: p.standard + p.months + p.shut, output: yes}\n"                 \
    "  open_fact: {zh: 开, type: int, is: '1', local: county}\n"                                  \
    "rules:\n"                                                                                     \
    "  shut_rule: {zh: 规一, deny_when: n > 5, reason: A}\n"                                     \
    "  open_rule: {zh: 规二, deny_when: n > 6, reason: A, local: county}\n"                      \
    "  city_rule: {zh: 规三, deny_when: n > 7, reason: A, local: city, from: 2026-01-01}\n"      \
    "reasons: {A: {zh: 由}}\n"
#define MID                                                                                        \
    "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: top@HASH\n"                               \
    "set: {p.standard: {values: [{from: 2026-07-01, value: 850, ref: 市文}]}}\n"
#define LOW "hedui: 1\npack: low\nzh: 县\nlevel: county\nextends: mid@HASH\n"

TEST(a_fault_of_a_layer_is_told_where)
{
    static const struct {
        const char *belief, *texts[LAYERS], *code, *zh;
        uint32_t line, column;
    } rows[] = {
        {"a sound chain has no message",                    {TOP, MID, LOW},                           NULL, NULL,                                                                               0, 0 },
        {"another hash",
         {TOP, "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: top@0123456789ab\n"},
         "O501",                                                                                             "现在的散列是",
         5,                                                                                                                                                                                         10},
        {"no hash at all",
         {TOP, "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: top\n"},
         "O501",                                                                                             "现在的散列是",
         5,                                                                                                                                                                                         10},
        {"a hash too short to be one",
         {TOP, "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: top@\n"},
         "O501",                                                                                             "现在的散列是",
         5,                                                                                                                                                                                         10},
        {"a name that leads elsewhere",
         {TOP, "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: ../top@HASH\n"},
         "N101",                                                                                             "extends",
         5,                                                                                                                                                                                         10},
        {"a sealed parameter",
         {TOP, MID "disable: {}\nreplace: {}\n",
          LOW "set:\n  p.shut: {values: [{from: 2026-09-01, value: 2, ref: 县文}]}\n"},
         "O502",                                                                                             "参数 “shut” 由 top 锁定（top/pack.yaml:9），县级不能修改",
         7,                                                                                                                                                                                         3 },
        {"a sealed rule",
         {TOP, MID, LOW "disable:\n  rules.shut_rule: {from: 2026-09-01, why: 由}\n"},
         "O502",                                                                                             "规则 “shut_rule” 由 top 锁定（top/pack.yaml:14），县级不能停用",
         7,                                                                                                                                                                                         3 },
        {"a point that is the city's",
         {TOP, MID,
          LOW "set:\n  p.standard: {values: [{from: 2026-09-01, value: 900, ref: 县文}]}\n"},
         "O503",                                                                                             "只开放到市级",
         7,                                                                                                                                                                                         3 },
        {"a level that rises",
         {TOP, MID, "hedui: 1\npack: low\nzh: 省\nlevel: province\nextends: mid@HASH\n"},
         "O503",                                                                                             "不得高于",
         4,                                                                                                                                                                                         8 },
        {"a change without a reason",
         {TOP, MID, LOW "set:\n  p.months: {values: [{from: 2026-09-01, value: 30}]}\n"},
         "O504",                                                                                             "why",
         7,                                                                                                                                                                                         3 },
        {"a value outside the range, where it stands",
         {TOP, MID, LOW "set:\n  p.months: {values: [{from: 2026-09-01, value: 48, ref: 县文}]}\n"},
         "O505",                                                                                             "月数 48 超出 top 允许的 12..36（top/pack.yaml:8）",
         7,                                                                                                                                                                                         49},
        {"no such parameter, with the one that was meant",
         {TOP, MID, LOW "set:\n  p.monhts: {values: [{from: 2026-09-01, value: 30, ref: 县文}]}\n"},
         "O506",                                                                                             "是否指 “months”",
         7,                                                                                                                                                                                         3 },
        {"no such rule",
         {TOP, MID, LOW "disable:\n  rules.boat: {from: 2026-09-01, why: 由}\n"},
         "O506",                                                                                             "没有规则 “boat”",
         7,                                                                                                                                                                                         3 },
        {"a target that is no path",
         {TOP, MID, LOW "disable:\n  open_rule: {from: 2026-09-01, why: 由}\n"},
         "O506",                                                                                             "rules.NAME",
         7,                                                                                                                                                                                         3 },
        {"a parameter is not disabled",
         {TOP, MID, LOW "disable:\n  p.months: {from: 2026-09-01, why: 由}\n"},
         "O506",                                                                                             "rules.NAME",
         7,                                                                                                                                                                                         3 },
        {"one's own addition is no target",
         {TOP, MID,
          LOW "add:\n  rules:\n    own: {zh: 规, deny_when: n > 8, reason: A, local: county}\n"
              "disable:\n  rules.own: {from: 2026-09-01, why: 由}\n"},
         "O506",                                                                                             "own",
         10,                                                                                                                                                                                        3 },
        {"a name of the parent's is taken",
         {TOP, MID, LOW "add:\n  rules:\n    open_rule: {zh: 规, deny_when: n > 8, reason: A}\n"},
         "N102",                                                                                             "top/pack.yaml:15",
         8,                                                                                                                                                                                         5 },
        {"replaced and disabled",
         {TOP, MID,
          LOW "disable: {rules.open_rule: {from: 2026-09-01, why: 由}}\nreplace:\n"
              "  rules.open_rule: {zh: 规, deny_when: n > 9, reason: A, why: 由}\n"},
         "N102",                                                                                             "又被替换又被停用",
         8,                                                                                                                                                                                         3 },
        {"a replacement opens no further",
         {TOP, MID "replace:\n  rules.city_rule: {zh: 规, deny_when: n > 9, reason: A, why: 由, "
                   "local: county}\n"},
         "O503",                                                                                             "不能再放宽",
         8,                                                                                                                                                                                         72},
        {"what was replaced is sealed again",
         {TOP, MID "replace: {rules.open_rule: {zh: 规, deny_when: n > 9, reason: A, why: 由}}\n",
          LOW "disable:\n  rules.open_rule: {from: 2026-09-01, why: 由}\n"},
         "O502",                                                                                             "由 mid 锁定（mid/pack.yaml:7）",
         7,                                                                                                                                                                                         3 },
        {"the programme is the root's",
         {TOP, "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: top@HASH\nprogramme: dibao\n"},
         "O502",                                                                                             "programme",
         6,                                                                                                                                                                                         12},
        {"an expression of a child is read like any other",
         {TOP, MID, LOW "add:\n  facts:\n    k: {zh: 数, type: int, is: p.standrad}\n"},
         "N101",                                                                                             "p.standard",
         8,                                                                                                                                                                                         31},
        {"what must be set below is missed at the end",
         {TOP, "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: top@HASH\n"},
         "D301",                                                                                             "standard",
         7,                                                                                                                                                                                         72},
        {"a fault of the parent's is shown there",
         {"hedui: 1\npack: top\nzh: 省\nlevel: province\nprogramme: dibao\nrulez: {}\n",
          "hedui: 1\npack: mid\nzh: 市\nlevel: city\nextends: top@0123456789ab\n"},
         "Y013",                                                                                             "rulez",
         6,                                                                                                                                                                                         1 },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct messages *messages;
        struct arena arena;
        struct pack *pack;

        T_ROW(rows[i].belief);
        arena_init(&arena, "test", 0, false);
        messages = arena_alloc(&arena, 1, sizeof *messages);
        folder_make();
        pack = chain(rows[i].texts, &arena, messages);
        T_TRUE((pack != NULL) == (rows[i].code == NULL));
        if (rows[i].code != NULL) {
            T_TRUE(messages->count > 0);
            T_STR(messages->items[0].code, rows[i].code);
            T_EQ(messages->items[0].place.line, rows[i].line);
            T_EQ(messages->items[0].place.column, rows[i].column);
            T_TRUE(text_find(messages->items[0].zh, text_of(rows[i].zh)) != SIZE_MAX);
        }
        folder_drop();
        arena_release(&arena);
    }
}

static const struct param *
param_of(const struct pack *pack, const char *name)
{
    for (uint32_t i = 0; i < pack->param_count; i++)
        if (text_is(pack->params[i].name, name))
            return &pack->params[i];
    return NULL;
}

static const struct rule *
rule_of(const struct pack *pack, const char *name)
{
    for (uint32_t i = 0; i < pack->rule_count; i++)
        if (text_is(pack->rules[i].name, name))
            return &pack->rules[i];
    return NULL;
}

#define ACTS                                                                                       \
    LOW "set: {p.months: {values: [{from: 2026-09-01, value: 30, ref: 县文}], why: 物价}}\n"   \
        "disable: {rules.open_rule: {from: 2026-09-01, why: 代替}}\n"                            \
        "replace: {facts.open_fact: {zh: 开, type: int, is: '2', why: 另定}}\n"                 \
        "add: {rules: {own: {zh: 规四, from: 2026-09-01, review_when: n > 6, reason: A}}}\n"

TEST(a_child_changes_what_it_may)
{
    static const char *const texts[LAYERS] = {TOP, MID, ACTS};
    struct messages *messages;
    struct arena arena;
    struct pack *pack;
    const struct param *months;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    folder_make();
    pack = chain(texts, &arena, messages);
    T_TRUE(pack != NULL);
    if (pack != NULL) {
        T_ROW("three layers, the root first");
        T_EQ(pack_layer_count(pack), 3);
        T_TEXT(pack_layer(pack, 0)->name, TEXT("top"));
        T_TEXT(pack_layer(pack, 2)->name, TEXT("low"));
        T_ROW("the parent's before the first day, the child's for ever after");
        months = param_of(pack, "months");
        T_EQ(months->value_count, 2);
        T_EQ(months->values[0].value.integer, 24);
        T_EQ(months->values[1].value.integer, 30);
        T_ROW("what must be set below is set by the city");
        T_EQ(param_of(pack, "standard")->values[0].value.integer, 850);
        T_ROW("the rule ends that day, not before");
        T_EQ(rule_of(pack, "open_rule")->until, rule_of(pack, "own")->from);
        T_ROW("others stay as they were");
        T_EQ(rule_of(pack, "shut_rule")->until, INT32_MAX);
        T_ROW("the programme comes down");
        T_TEXT(pack_programme(pack), TEXT("dibao"));
    }
    folder_drop();
    arena_release(&arena);
}

TEST(a_rule_that_had_not_begun_is_gone)
{
    static const char *const texts[LAYERS] = {
        TOP, MID "disable: {rules.city_rule: {from: 2025-12-31, why: 不设}}\n", NULL};
    struct messages *messages;
    struct arena arena;
    struct pack *pack;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    folder_make();
    pack = chain(texts, &arena, messages);
    T_TRUE(pack != NULL && rule_of(pack, "city_rule") == NULL);
    folder_drop();
    arena_release(&arena);
}

/* The flattened text, loaded as a pack of its own, means the same. */
TEST(what_is_flat_means_the_same)
{
    static const char *const texts[LAYERS] = {TOP, MID, ACTS};
    struct messages *messages;
    struct arena arena;
    struct pack *pack, *again;
    struct err err = {0};
    struct buf flat;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    buf_init(&flat, false);
    folder_make();
    pack = chain(texts, &arena, messages);
    T_TRUE(pack != NULL);
    if (pack != NULL) {
        T_OK(pack_flatten(pack, &flat, &err), &err);
        buf_byte(&flat, '\0');
        T_ROW("each line tells where it comes from");
        T_TRUE(strstr(flat.at, "from: 2026-09-01, value: 30") != NULL);
        T_TRUE(strstr(flat.at, "# low/pack.yaml:6") != NULL);
        T_TRUE(strstr(flat.at, "# top/pack.yaml:14") != NULL);
        pack_put("low", flat.at, NULL);
        T_ROW("the hash is the same");
        again = load("low", &arena, messages);
        T_TRUE(again != NULL && pack_layer_count(again) == 1);
        if (again != NULL)
            T_TRUE(memcmp(pack_hash(pack), pack_hash(again), sizeof(struct digest)) == 0);
    }
    folder_drop();
    buf_release(&flat);
    arena_release(&arena);
}

/* Whoever changes the vocabulary, the form of the hash or a shipped parent moves the pins along:
 * `hedui rules follow rules/suzhou-dibao`, then rules/changshu-dibao. */
TEST(the_shipped_chain_is_pinned)
{
    struct messages *messages;
    struct model *model;
    struct arena arena;
    struct pack *pack = NULL;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    messages_init(messages, &arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, &arena, &err), &err);
    T_ROW("each stands on its parent as it is; if not: hedui rules follow PACK");
    T_OK(pack_load(&pack, "rules/changshu-dibao", model, messages, &arena, &err), &err);
    T_TRUE(pack != NULL && pack_layer_count(pack) == 3);
    arena_release(&arena);
}

#define OTHER                                                                                      \
    "hedui: 1\npack: mid\nzh: 边\nlevel: province\nprogramme: dibian\nextends: top@HASH\n"        \
    "set: {p.months: {values: [{from: 2025-07-01, value: 36, ref: 文, unconfirmed: yes}]}}\n"     \
    "rules: {shut_rule: {zh: 规, deny_when: n > 9, reason: A}}\nreasons: {A: {zh: 由}}\n"

/* A pack of another programme stands on figures; what objects is its own. */
TEST(another_programme_takes_figures_and_no_rules)
{
    static const char *const texts[LAYERS] = {TOP, OTHER, LOW};
    struct messages *messages;
    struct arena arena;
    struct pack *pack;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    folder_make();
    pack = chain(texts, &arena, messages);
    T_ROW("a parameter without a value is still due, below");
    T_TRUE(pack == NULL && messages->count > 0);
    T_STR(messages->items[0].code, "D301");
    pack = load("mid", &arena, messages);
    T_TRUE(pack != NULL);
    if (pack != NULL) {
        const struct epoch *epoch = pack_epoch_of(pack, INT32_MAX - 1);

        T_ROW("its own programme");
        T_TEXT(pack_programme(pack), TEXT("dibian"));
        T_ROW("none of the parent's rules, and one of their names is free");
        T_EQ(pack->rule_count, 1);
        T_TRUE(rule_of(pack, "open_rule") == NULL && rule_of(pack, "shut_rule") != NULL);
        T_ROW("the parent's figures, set anew where they are open");
        T_EQ(param_of(pack, "months")->values[0].value.integer, 36);
        T_TRUE(param_of(pack, "shut") != NULL && pack->fact_count == 2);
        T_ROW("what nobody confirmed, and a rule reads, is told");
        T_EQ(epoch->unconfirmed_count, 1);
        T_TEXT(epoch->unconfirmed[0]->param, TEXT("months"));
        T_TEXT(epoch->unconfirmed[0]->value, TEXT("36"));
        T_ROW("before it is in force it is not");
        T_EQ(pack_epoch_of(pack, 0)->unconfirmed_count, 0);
    }
    folder_drop();
    arena_release(&arena);
}

/* Five packs, each on the one before: the fifth is one too many. */
TEST(a_chain_has_an_end)
{
    static const char root[] = "hedui: 1\npack: top\nzh: 县\nlevel: county\nprogramme: dibao\n";
    static const char loop[] = "hedui: 1\npack: mid\nzh: 县\nlevel: county\nextends: mid@HASH\n";
    struct messages *messages;
    struct arena arena;

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    folder_make();
    pack_put("top", root, NULL);
    pack_put("mid", loop, "0123456789ab");
    T_TRUE(load("mid", &arena, messages) == NULL);
    T_STR(messages->items[0].code, "O503");
    folder_drop();
    arena_release(&arena);
}

T_MAIN(T(a_fault_of_a_layer_is_told_where), T(a_child_changes_what_it_may),
       T(a_rule_that_had_not_begun_is_gone), T(what_is_flat_means_the_same), T(a_chain_has_an_end),
       T(the_shipped_chain_is_pinned), T(another_programme_takes_figures_and_no_rules))
