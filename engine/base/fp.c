/* SPDX-License-Identifier: Apache-2.0 */
/* fp.c: failpoints, read once from HEDUI_FP. In release builds this file is empty. */
#include "engine/base/fp.h"

#ifdef HEDUI_FAILPOINTS

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARMED_MAX 16
#define PLACES_MAX 65536    /* a power of two; half of it is used at most */
#define PLACE_CALLS 5       /* inside this file and base two, then three of whoever asks */
#define FRAME_MAX (1 << 20) /* bytes of one call's locals */

enum fp_action { FP_KILL, FP_EIO, FP_ENOSPC, FP_SHORT, FP_SLEEP };

struct armed {
    char name[64];
    enum fp_action action;
    long amount; /* bytes or ms */
    long nth;    /* the passing at which it acts, from 1 */
    atomic_long passed;
};

static struct armed armed[ARMED_MAX];
static int armed_count;
static const char *list_path;
static atomic_int state; /* 0: not read, 1: being read, 2: read */
static atomic_long short_bytes = -1;
static long alloc_nth; /* of HEDUI_FAIL_ALLOC; 0: none */
static bool alloc_and_after;
static atomic_long allocs;
static struct fp_sys sys_says;
static struct {       /* of HEDUI_FAIL_PLACES */
    const char *path; /* NULL: not asked for, or this run has had its refusal */
    uint32_t count;
    uint64_t known[PLACES_MAX]; /* hashed; 0: free */
} places;

static void
fp_die(const char *item)
{
    fprintf(stderr, "HEDUI_FP: cannot read '%s' (name:kill|eio|enospc|short:BYTES|sleep:MS[@N])\n",
            item);
    abort(); /* a test that arms nothing by mistake would pass for the wrong reason */
}

/* item: name:ACTION[:AMOUNT][@N] */
static void
fp_arm(char *item)
{
    struct armed *to = &armed[armed_count];
    char *at = strchr(item, '@'), *action = strchr(item, ':'), *amount;

    if (action == NULL || armed_count == ARMED_MAX)
        fp_die(item);
    to->nth = at == NULL ? 1 : strtol(at + 1, NULL, 10);
    if (at != NULL)
        *at = '\0';
    *action++ = '\0';
    amount = strchr(action, ':');
    if (amount != NULL)
        *amount++ = '\0';
    if (strcmp(action, "kill") == 0)
        to->action = FP_KILL;
    else if (strcmp(action, "eio") == 0)
        to->action = FP_EIO;
    else if (strcmp(action, "enospc") == 0)
        to->action = FP_ENOSPC;
    else if (strcmp(action, "short") == 0 && amount != NULL)
        to->action = FP_SHORT;
    else if (strcmp(action, "sleep") == 0 && amount != NULL)
        to->action = FP_SLEEP;
    else
        fp_die(item);
    to->amount = amount == NULL ? 0 : strtol(amount, NULL, 10);
    if (strlen(item) >= sizeof to->name || to->nth < 1)
        fp_die(item);
    memcpy(to->name, item, strlen(item) + 1);
    armed_count++;
}

static void
alloc_read(const char *env)
{
    char *end;

    if (env == NULL || *env == '\0')
        return;
    alloc_nth = strtol(env, &end, 10);
    alloc_and_after = *end == '+';
    if (alloc_nth < 1 || strlen(end) > (alloc_and_after ? 1 : 0))
        fp_die(env);
}

static void fp_read(void);

static bool
place_add(uint64_t place)
{
    size_t at = place % PLACES_MAX;

    for (; places.known[at] != 0; at = (at + 1) % PLACES_MAX)
        if (places.known[at] == place)
            return false;
    if (++places.count > PLACES_MAX / 2)
        fp_die(places.path);
    places.known[at] = place;
    return true;
}

static void
places_read(const char *path)
{
    FILE *file = path == NULL || *path == '\0' ? NULL : fopen(path, "re");
    unsigned long long place;

    if (file == NULL) /* none yet */
        places.path = path == NULL || *path == '\0' ? NULL : path;
    else {
        while (fscanf(file, "%llx", &place) == 1)
            (void)place_add(place);
        fclose(file);
        places.path = path;
    }
}

/* Written down, so that the next run refuses another; this one has had its refusal. */
static bool
place_note(uint64_t place)
{
    FILE *file = fopen(places.path, "ae");

    if (file == NULL || fprintf(file, "%016llx\n", (unsigned long long)place) < 0 ||
        fclose(file) != 0)
        fp_die(places.path);
    places.path = NULL;
    return true;
}

/* Who asks: the returns of the calls on the stack, from the program's own begin. Builds with
 * failpoints keep frame pointers. One thread: runs that use this have --threads 1. */
__attribute__((noinline, no_sanitize("address", "undefined"))) static bool
place_is_new(void)
{
    const uintptr_t *frame = __builtin_frame_address(0);
    uint64_t place = 1469598103934665603U; /* FNV-1a */

    for (int i = 0; i < PLACE_CALLS; i++) {
        const uintptr_t *next = (const uintptr_t *)frame[0];

        place = (place ^ (frame[1] - (uintptr_t)&fp_read)) * 1099511628211U;
        if (next <= frame || (uintptr_t)next - (uintptr_t)frame > FRAME_MAX)
            break;
        frame = next;
    }
    return place_add(place) && place_note(place);
}

static void
sys_read_env(const char *env)
{
    if (env == NULL || *env == '\0')
        return;
    sys_says.is_interrupted = strstr(env, "eintr") != NULL;
    sys_says.is_busy = strstr(env, "eagain") != NULL;
    sys_says.is_short = strstr(env, "short") != NULL;
    if (!sys_says.is_interrupted && !sys_says.is_busy && !sys_says.is_short)
        fp_die(env);
}

static void
fp_read(void)
{
    static char copy[2048];
    const char *env = getenv("HEDUI_FP");

    alloc_read(getenv("HEDUI_FAIL_ALLOC"));
    places_read(getenv("HEDUI_FAIL_PLACES"));
    sys_read_env(getenv("HEDUI_SYS"));
    list_path = getenv("HEDUI_FP_LIST");
    if (env == NULL || *env == '\0')
        return;
    if (strlen(env) >= sizeof copy)
        fp_die(env);
    memcpy(copy, env, strlen(env) + 1);
    for (char *item = copy, *next; item != NULL; item = next) {
        next = strchr(item, ',');
        if (next != NULL)
            *next++ = '\0';
        fp_arm(item);
    }
}

static void
fp_note(const char *name)
{
    char line[80];
    int fd = open(list_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int n = snprintf(line, sizeof line, "%s\n", name);

    if (fd < 0 || n <= 0 || write(fd, line, (size_t)n) != n)
        fp_die(list_path);
    close(fd);
}

static int
fp_act(const struct armed *it)
{
    struct timespec wait = {it->amount / 1000, it->amount % 1000 * 1000000};

    switch (it->action) {
    case FP_KILL:
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    case FP_EIO:
        return errno = EIO;
    case FP_ENOSPC:
        return errno = ENOSPC;
    case FP_SHORT:
        atomic_store(&short_bytes, it->amount);
        return 0;
    case FP_SLEEP:
        nanosleep(&wait, NULL);
        return 0;
    }
    return 0;
}

static void
fp_ready(void)
{
    int fresh = 0;

    if (atomic_compare_exchange_strong(&state, &fresh, 1)) {
        fp_read();
        atomic_store(&state, 2);
    }
    while (atomic_load(&state) != 2)
        ; /* another thread is reading it */
}

int
fp_hit(const char *name)
{
    fp_ready();
    if (list_path != NULL)
        fp_note(name);
    for (int i = 0; i < armed_count; i++) {
        if (strcmp(armed[i].name, name) != 0)
            continue;
        if (atomic_fetch_add(&armed[i].passed, 1) + 1 == armed[i].nth)
            return fp_act(&armed[i]);
    }
    return 0;
}

size_t
fp_write_size(size_t n)
{
    long most = atomic_exchange(&short_bytes, -1);

    return most >= 0 && (size_t)most < n ? (size_t)most : n;
}

bool
fp_alloc_fails(void)
{
    long n;

    fp_ready();
    if (places.path != NULL && place_is_new())
        return true;
    if (alloc_nth == 0)
        return false;
    n = atomic_fetch_add(&allocs, 1) + 1;
    if (n == alloc_nth && list_path != NULL)
        fp_note("alloc"); /* a test that counts up ends where this is not written any more */
    return n == alloc_nth || (alloc_and_after && n > alloc_nth);
}

bool
fp_arena_fails(void)
{
    fp_ready();
    return places.path != NULL && place_is_new();
}

struct fp_sys
fp_sys(void)
{
    fp_ready();
    return sys_says;
}

#else

typedef int fp_is_empty; /* ISO C wants one declaration */

#endif
