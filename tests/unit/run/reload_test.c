/* SPDX-License-Identifier: Apache-2.0 */
/* A pack takes the place of another while threads judge by whichever is in force. */
#include "engine/run/reload.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "engine/base/message.h"
#include "engine/base/pool.h"
#include "engine/base/sys.h"
#include "engine/model/kind.h"
#include "engine/rule/pack_in.h"
#include "tests/t.h"

#define PACK(limit)                                                                                \
    "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"                                \
    "params: {limit: {zh: 限, type: money, values: [{from: 2026-01-01, value: " limit "}]}}\n"     \
    "evidence: {bank: {zh: 银行, kinds: [account], valid_days: 60, grade: final}}\n"             \
    "facts: {savings: {zh: 存款, type: money, is: \"sum(accounts.map(a, a.balance))\"}}\n"       \
    "rules: {much: {zh: 多, deny_when: savings > p.limit, reason: R}}\n"
#define TESTS                                                                                      \
    "base:\n  case: {applied_on: 2026-07-01}\n  members: {A: {accounts: [{bank: b, number: n, "    \
    "balance: 100}]}}\ntests:\n  - {name: at the limit, expect: {outcome: met}}\n"

static char folder[] = "/tmp/hedui-reload.XXXXXX";
static struct arena arena;
static struct model *model;

static void
pack_write(const char *pack)
{
    struct err err = {0};
    char tests[64];

    snprintf(tests, sizeof tests, "%s/tests", folder);
    T_OK(sys_make_dirs(tests, &err), &err);
    T_OK(sys_publish(folder, "pack.yaml", pack, strlen(pack), 0600, "test", &err), &err);
    T_OK(sys_publish(tests, "a.yaml", TESTS, strlen(TESTS), 0600, "test", &err), &err);
}

static struct reload *
opened(void)
{
    struct messages *messages;
    struct reload *reload;
    struct err err = {0};

    arena_init(&arena, "test", 0, false);
    messages = arena_alloc(&arena, 1, sizeof *messages);
    messages_init(messages, &arena);
    T_OK(model_load(&model, "rules/model.yaml", messages, &arena, &err), &err);
    T_OK(reload_open(&reload, model, &err), &err);
    return reload;
}

static int64_t
limit_of(const struct held_pack *held)
{
    return held->pack->params[0].values[0].value.integer;
}

TEST(a_pack_that_fails_leaves_the_old_one_in_force)
{
    static const struct {
        const char *belief, *pack;
        int64_t limit; /* in force afterwards; 0: none */
        const char *told;
    } rows[] = {
        {"an error in the first leaves none",  "hedui: 1\n",  0,     "Y014"               },
        {"a test that fails leaves none",      PACK("99.99"), 0,     "not ok - at the lim"},
        {"the first good one is taken",        PACK("100"),   10000, ""                   },
        {"a test that fails changes nothing",  PACK("99.99"), 10000, "not ok - at the lim"},
        {"what does not load changes nothing", PACK("1.234"), 10000, "T205"               },
        {"another good one takes its place",   PACK("250"),   25000, ""                   },
    };
    struct reload *reload = opened();

    for (size_t i = 0; i < LEN(rows); i++) {
        const struct held_pack *held;
        struct err err = {0};
        struct buf told;
        hedui_status rc;

        T_ROW(rows[i].belief);
        buf_init(&told, false);
        pack_write(rows[i].pack);
        rc = reload_pack(reload, folder, &told, &err);
        T_EQ(rc, rows[i].told[0] == '\0' ? HEDUI_OK : HEDUI_E_INPUT);
        T_TRUE(text_find(buf_as_text(&told), text_of(rows[i].told)) != SIZE_MAX);
        held = reload_hold(reload);
        T_TRUE((held != NULL) == (rows[i].limit > 0));
        if (held != NULL)
            T_EQ(limit_of(held), rows[i].limit);
        reload_let(held);
        buf_release(&told);
    }
    reload_close(reload);
    arena_release(&arena);
}

#define LOADS 40
struct racing {
    struct reload *reload;
    atomic_bool is_over;
    atomic_uint looks, torn;
};

/* Task 0 loads, good ones and bad ones in turn; the others hold, look twice, let go. */
static hedui_status
race(void *context, uint32_t lane, size_t task, struct err *err)
{
    struct racing *racing = context;

    (void)lane;
    for (int i = 0; task == 0 && i < LOADS; i++) {
        struct err ignored = {0};
        struct buf told;
        hedui_status rc;

        buf_init(&told, false);
        pack_write(i % 3 == 2 ? PACK("99.99") : i % 3 == 0 ? PACK("300") : PACK("400"));
        rc = reload_pack(racing->reload, folder, &told, &ignored);
        buf_release(&told);
        if ((rc == HEDUI_OK) != (i % 3 != 2))
            return err_set(err, HEDUI_E_FORMAT, "the wrong one was taken");
    }
    if (task == 0)
        atomic_store(&racing->is_over, true);
    while (!atomic_load(&racing->is_over)) {
        const struct held_pack *held = reload_hold(racing->reload);
        int64_t first = limit_of(held);
        bool is_whole = (first == 25000 && held->number == 1) || first == 30000 || first == 40000;

        if (!is_whole || held->pack->rule_count != 1 || limit_of(held) != first)
            atomic_fetch_add(&racing->torn, 1);
        atomic_fetch_add(&racing->looks, 1);
        reload_let(held);
    }
    return HEDUI_OK;
}

TEST(readers_see_one_whole_pack_or_the_other)
{
    struct racing racing = {.reload = opened()};
    const struct held_pack *first, *last;
    struct pool *pool;
    struct err err = {0};
    struct buf told;

    T_ROW("a pack that is held outlives forty reloads");
    buf_init(&told, false);
    pack_write(PACK("250"));
    T_OK(reload_pack(racing.reload, folder, &told, &err), &err);
    first = reload_hold(racing.reload);
    T_OK(pool_open(&pool, 4, &err), &err);
    T_OK(pool_run(pool, 4, race, &racing, &err), &err);
    pool_close(pool);
    T_EQ(atomic_load(&racing.torn), 0);
    T_EQ(limit_of(first), 25000);
    last = reload_hold(racing.reload);
    T_EQ(last->number, 1 + LOADS - LOADS / 3);
    reload_let(last);
    reload_let(first);
    reload_close(racing.reload);
    buf_release(&told);
    arena_release(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {T(a_pack_that_fails_leaves_the_old_one_in_force),
                                       T(readers_see_one_whole_pack_or_the_other)};
    struct err err = {0};
    int failed;

    if (mkdtemp(folder) == NULL)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    return sys_remove_tree(folder, &err) == HEDUI_OK ? failed : 1;
}
