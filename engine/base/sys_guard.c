/* SPDX-License-Identifier: Apache-2.0 */
/* sys_guard.c: SIGBUS in a guarded range becomes zeros and a mark; anywhere else it is what it was.
 *
 * The handler may only do what is safe in a signal: atomics, mmap (a bare system call) and, for
 * strangers, the handler that stood here before ours. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/base/sys.h"

#define SLOTS 8192 /* deliveries open at once */

struct slot { /* at 0: free. `end` and `is_hit` are written before `at` makes them visible */
    atomic_uintptr_t at, end;
    atomic_bool is_hit;
};

static struct slot slots[SLOTS];
static struct sigaction before; /* whoever handled SIGBUS when we came */
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page_bytes;

/* Not ours: as if we had never been here. */
static void
pass_on(int number, siginfo_t *info, void *context)
{
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else {
        signal(number, SIG_DFL); /* on return the same instruction faults again and is not caught */
        if (info->si_code <= 0)
            raise(number); /* somebody sent it: no instruction will repeat it */
    }
}

static void
on_sigbus(int number, siginfo_t *info, void *context)
{
    uintptr_t fault = (uintptr_t)info->si_addr;

    for (size_t i = 0; i < SLOTS && info->si_code > 0; i++) {
        uintptr_t at = atomic_load(&slots[i].at), end = atomic_load(&slots[i].end);
        if (at == 0 || fault < at || fault >= end)
            continue;
        at = fault & ~(page_bytes - 1);
        atomic_store(&slots[i].is_hit, true); /* before anybody can read a zero */
        if (mmap((void *)at, end - at, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) !=
            MAP_FAILED)
            return;
        break;
    }
    pass_on(number, info, context);
}

/* With the lock held. Asked at each new range: who took the signal over meanwhile stands behind us.
 */
static void
install(void)
{
    struct sigaction ours, now;

    page_bytes = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (sigaction(SIGBUS, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0 &&
        now.sa_sigaction == on_sigbus)
        return;
    before = now;
    memset(&ours, 0, sizeof ours);
    ours.sa_sigaction = on_sigbus;
    ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER;
    sigemptyset(&ours.sa_mask);
    sigaction(SIGBUS, &ours, NULL);
}

int
sys_guard_add(const void *at, size_t n)
{
    int found = -1;

    assert(at != NULL && n > 0);
    pthread_mutex_lock(&slots_lock);
    install();
    for (int i = 0; i < SLOTS && found < 0; i++) {
        if (atomic_load(&slots[i].at) != 0)
            continue;
        atomic_store(&slots[i].is_hit, false);
        atomic_store(&slots[i].end, (uintptr_t)at + n);
        atomic_store(&slots[i].at, (uintptr_t)at);
        found = i;
    }
    pthread_mutex_unlock(&slots_lock);
    return found;
}

bool
sys_guard_is_hit(int guard)
{
    assert(guard >= 0 && guard < SLOTS);
    return atomic_load(&slots[guard].is_hit);
}

void
sys_guard_drop(int guard)
{
    assert(guard >= 0 && guard < SLOTS);
    atomic_store(&slots[guard].at, 0);
}
