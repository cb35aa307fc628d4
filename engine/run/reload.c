/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/run/reload.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "engine/base/message.h"
#include "engine/rule/pack_test.h"

#include "engine/base/ban.h"

#define PACK_ARENA_BYTES ((size_t)256 << 20)

struct seat {              /* one pack and all that was made for it */
    struct held_pack held; /* first: what holders see */
    struct arena arena;
    struct messages messages;
    atomic_uint holders; /* the reload itself is one while the pack is in force */
};
struct reload {
    const struct model *model;
    atomic_flag is_looking; /* held while the pointer is read and counted, or swapped */
    struct seat *seat;      /* in force; NULL: none yet */
    uint64_t taken;
};

hedui_status
reload_open(struct reload **out, const struct model *model, struct err *err)
{
    struct reload *reload = mem_resize(NULL, 1, sizeof *reload);

    if (reload == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足\nno memory left");
    memset(reload, 0, sizeof *reload);
    atomic_flag_clear(&reload->is_looking);
    reload->model = model;
    *out = reload;
    return HEDUI_OK;
}

static void
look_begin(struct reload *reload)
{
    while (atomic_flag_test_and_set_explicit(&reload->is_looking, memory_order_acquire))
        ;
}

static void
look_end(struct reload *reload)
{
    atomic_flag_clear_explicit(&reload->is_looking, memory_order_release);
}

static void
seat_let(struct seat *seat)
{
    if (seat == NULL || atomic_fetch_sub(&seat->holders, 1) > 1)
        return;
    arena_release(&seat->arena);
    mem_free(seat);
}

const struct held_pack *
reload_hold(struct reload *reload)
{
    struct seat *seat;

    look_begin(reload);
    seat = reload->seat;
    if (seat != NULL)
        atomic_fetch_add(&seat->holders, 1);
    look_end(reload);
    return seat == NULL ? NULL : &seat->held;
}

void
reload_let(const struct held_pack *held)
{
    seat_let((struct seat *)(uintptr_t)held); /* its first member; holders only read */
}

/* The pack's own tests; a pack without any is taken, as `rules test` takes it. */
static hedui_status
tests_pass(struct seat *seat, const char *dir, struct buf *told, struct err *err)
{
    static const struct test_options plain = {0};
    struct test_report report = {0};
    struct buf lines;
    hedui_status rc;

    buf_init(&lines, true);
    rc = pack_test_all(&report, seat->held.pack, dir, &plain, &seat->messages, &lines, err);
    if (rc == HEDUI_OK && report.counts.failed > 0) {
        buf_text(told, buf_part(told, &lines));
        rc = err_set(err, HEDUI_E_INPUT,
                     "规则包 '%s' 有 %u 个测试不通过，仍用原来的规则包\n"
                     "of the pack '%s' %u tests fail: the one in force stays",
                     dir, report.counts.failed, dir, report.counts.failed);
    }
    buf_release(&lines);
    return rc;
}

static hedui_status
seat_fill(struct seat *seat, const struct reload *reload, const char *dir, struct buf *told,
          struct err *err)
{
    struct pack *pack = NULL;
    hedui_status rc;

    arena_init(&seat->arena, "pack", PACK_ARENA_BYTES, false);
    messages_init(&seat->messages, &seat->arena);
    rc = pack_load(&pack, dir, reload->model, &seat->messages, &seat->arena, err);
    if (seat->messages.count > 0)
        messages_print(&seat->messages, told);
    if (rc == HEDUI_E_INPUT)
        return err_set(err, rc,
                       "规则包 '%s' 有错，仍用原来的规则包\n"
                       "the pack '%s' has errors: the one in force stays",
                       dir, dir);
    TRY(rc);
    messages_init(&seat->messages, &seat->arena); /* warnings were told */
    seat->held.pack = pack;
    return tests_pass(seat, dir, told, err);
}

hedui_status
reload_pack(struct reload *reload, const char *dir, struct buf *told, struct err *err)
{
    struct seat *seat = mem_resize(NULL, 1, sizeof *seat), *old;
    hedui_status rc;

    if (seat == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足\nno memory left");
    memset(seat, 0, sizeof *seat);
    atomic_init(&seat->holders, 1);
    rc = seat_fill(seat, reload, dir, told, err);
    if (rc != HEDUI_OK) {
        seat_let(seat);
        return rc;
    }
    look_begin(reload);
    seat->held.number = ++reload->taken;
    old = reload->seat;
    reload->seat = seat;
    look_end(reload);
    seat_let(old);
    return HEDUI_OK;
}

void
reload_close(struct reload *reload)
{
    if (reload == NULL)
        return;
    assert(reload->seat == NULL || atomic_load(&reload->seat->holders) == 1);
    seat_let(reload->seat);
    mem_free(reload);
}
