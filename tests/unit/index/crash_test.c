/* SPDX-License-Identifier: Apache-2.0 */
/* F1 and F2 of the faults: an ingest that is killed, or whose disk fails, at any durable call: the
 * old snapshot or the new one answers, whole; nothing stray is left behind the next lock; and the
 * same ingest given again succeeds. Faults come in through the table of base/sys.h. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/unit/index/publish.h"

static struct master_key *key;

enum fault { FAULT_KILL, FAULT_EIO };
static enum fault fault;
static long fault_at, calls; /* the call at which it strikes, from 1; 0: never */
static struct sys_table real;

static bool
is_struck(void)
{
    if (++calls != fault_at)
        return false;
    if (fault == FAULT_KILL)
        kill(getpid(), SIGKILL);
    errno = EIO;
    return true;
}

static ssize_t
bad_write(int fd, const void *buf, size_t n)
{
    return is_struck() ? -1 : real.write(fd, buf, n);
}

static ssize_t
bad_pwrite(int fd, const void *buf, size_t n, off_t at)
{
    return is_struck() ? -1 : real.pwrite(fd, buf, n, at);
}

static int
bad_fsync(int fd)
{
    return is_struck() ? -1 : real.fsync(fd);
}

static int
bad_rename(const char *from, const char *to)
{
    return is_struck() ? -1 : real.rename(from, to);
}

static void
faults_arm(void)
{
    calls = 0;
    sys.write = bad_write;
    sys.pwrite = bad_pwrite;
    sys.fsync = bad_fsync;
    sys.rename = bad_rename;
}

/* One ingest of `rows` rows. */
static hedui_status
ingest(size_t rows, int32_t as_of, struct err *err)
{
    static struct fact facts[5000];
    struct delivery_spec spec = spec_of("tax", as_of);
    struct published published;

    test_seed = 5;
    for (size_t i = 0; i < rows; i++)
        fact_draw(&facts[i], 100, i + 2);
    return feed_publish(&published, test_dir, &spec, key, facts, rows, err);
}

/* Rows of the one delivery that the current snapshot has. */
static uint64_t
rows_now(void)
{
    struct snapshot *snapshot = NULL;
    struct err err;
    uint64_t rows;

    T_OK(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err), &err);
    T_OK(snapshot_verify(snapshot, &err), &err);
    T_EQ(snapshot_count(snapshot), 1);
    rows = delivery_info(snapshot_entry(snapshot, 0)->delivery)->rows;
    snapshot_close(snapshot);
    return rows;
}

static uint32_t
strays(const char *folder)
{
    struct arena arena;
    struct text *names;
    struct err err;
    size_t count;
    uint32_t n = 0;
    char path[96];

    arena_init(&arena, "names", 0, false);
    snprintf(path, sizeof path, "%s%s", test_dir, folder);
    T_OK(sys_list_dir(&names, &count, path, &arena, &err), &err);
    for (size_t i = 0; i < count; i++)
        n += text_starts(names[i], TEXT(".tmp-"));
    arena_release(&arena);
    return n;
}

/* How an ingest that is struck at call `at` ended: true: it said or got success. */
static bool
struck(enum fault how, long at, size_t rows, int32_t as_of)
{
    pid_t child = fork();
    int status;

    T_TRUE(child >= 0);
    if (child == 0) {
        struct err err;
        real = sys;
        fault = how;
        fault_at = at;
        faults_arm();
        _exit(ingest(rows, as_of, &err) == HEDUI_OK ? 0 : 7);
    }
    T_EQ(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (how == FAULT_KILL)
        T_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    else
        T_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    return false;
}

TEST(old_or_new_never_mixed)
{
    static const struct {
        const char *belief;
        enum fault fault;
        bool leaves_nothing;
    } rows[] = {
        {"killed at any write, sync or rename",         FAULT_KILL, false},
        {"the disk fails at any write, sync or rename", FAULT_EIO,  true },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        size_t old_rows = 1000, new_rows = 1000;
        int32_t day = 30000 + (int32_t)i * 1000; /* behind every month of the rows */
        struct err err;
        long at = 1;

        T_ROW(rows[i].belief);
        T_OK(ingest(old_rows, day, &err), &err);
        for (;; at++) {
            uint64_t now;
            new_rows = old_rows + 1;
            day++;
            if (struck(rows[i].fault, at, new_rows, day))
                break; /* fewer calls than that: all points were tried */
            now = rows_now();
            T_TRUE(now == old_rows || now == new_rows);
            if (rows[i].leaves_nothing)
                T_EQ(strays("") + strays("/deliveries") + strays("/snapshots"), 0);
            T_OK(ingest(new_rows, day, &err), &err); /* the same again */
            T_EQ(rows_now(), new_rows);
            T_EQ(strays("") + strays("/deliveries") + strays("/snapshots"), 0);
            old_rows = new_rows;
        }
        T_EQ(rows_now(), new_rows);
        T_TRUE(at >
               10); /* delivery: 2 writes, sync, rename, folder; manifest and current: 4 each */
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {T(old_or_new_never_mixed)};
    struct err err;
    int failed = 1;

    test_dir_make();
    if (master_key_open(&key, test_dir, NULL, NULL, &err) == HEDUI_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    master_key_close(key);
    test_dir_remove();
    return failed;
}
