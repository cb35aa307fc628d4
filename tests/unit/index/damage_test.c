/* SPDX-License-Identifier: Apache-2.0 */
/* F10 and F11 of the faults: a delivery that rots, is cut, written over or was made to mislead.
 * What is read is what was sealed, or the delivery says that it is not; nothing is read outside it.
 *
 * HEDUI_ROUNDS=N sets the rounds of the random tests (default 30); from 1,000 on, which `make
 * torture` gives, every single bit is tried. */
#include "engine/index/delivery.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/unit/index/feed.h"

#include "engine/base/hash.h"
#include "engine/base/map.h"
#include "engine/index/delivery_file.h"
#include "engine/index/key.h"

#define PERSONS 250

static struct master_key *key;
static struct key128 persons[PERSONS];

static long
rounds(void)
{
    const char *text = getenv("HEDUI_ROUNDS");
    long n = text == NULL ? 30 : strtol(text, NULL, 10);

    return n > 0 ? n : 1;
}

struct bytes { /* a sealed delivery in memory, aligned for delivery_open_bytes() */
    _Alignas(64) uint8_t at[2 << 20];
    size_t len;
    char path[256];
};

/* Seals `count` rows and takes the file in. */
static void
seal(struct bytes *out, size_t count, int32_t as_of, uint64_t seed)
{
    static struct fact facts[30000];
    static const struct text files[] = {W("a.csv"), W("b.csv")};
    static const struct digest digests[2];
    struct delivery_spec spec = {
        .model = &test_model,
        .kind = &test_kind,
        .source = TEXT("tax"),
        .mapping = TEXT("tax"),
        .as_of = as_of,
        .unplaced_max = 5000,
        .ring = test_ring,
        .memory = (size_t)256 << 20,
    };
    struct balance balance = {.physical = count, .accepted = count};
    struct builder *builder = NULL;
    struct pool *pool = NULL;
    struct digest digest;
    struct err err;
    hedui_status fed;
    char hex[65], dir[96];
    int fd;

    T_TRUE(count <= LEN(facts));
    test_seed = seed;
    for (size_t r = 0; r < count; r++)
        fact_draw(&facts[r], PERSONS, r + 2);
    snprintf(dir, sizeof dir, "%s/deliveries", test_dir);
    T_OK(sys_make_dirs(dir, &err), &err);
    spec.dir = dir;
    T_OK(pool_open(&pool, 1, &err), &err);
    T_OK(builder_open(&builder, &spec, key, 1, &err), &err);
    facts_feed(builder, facts, count, 1, &fed, &err);
    T_OK(fed, &err);
    T_OK(builder_seal(builder, pool, files, digests, 2, &balance, true, &digest, &err), &err);
    builder_close(builder);
    pool_close(pool);
    digest_hex(&digest, hex);
    snprintf(out->path, sizeof out->path, "%s/%s.hdl", dir, hex);
    fd = open(out->path, O_RDONLY | O_CLOEXEC);
    T_TRUE(fd >= 0);
    out->len = (size_t)read(fd, out->at, sizeof out->at);
    T_TRUE(out->len > 0 && out->len < sizeof out->at);
    close(fd);
}

static hedui_status
bytes_open(struct delivery **out, const struct bytes *bytes)
{
    struct err err;

    return delivery_open_bytes(out, bytes->at, bytes->len, "in memory", &test_model,
                               master_key_id(key), &err);
}

/* Everything that a reader can get, as one number. */
static uint64_t
all_rows(const struct delivery *delivery)
{
    struct row_span spans[PERSONS];
    struct cell cells[F_COUNT];
    uint64_t sum = delivery_refused_count(delivery);

    delivery_probe(delivery, persons, PERSONS, spans);
    for (size_t p = 0; p < PERSONS; p++)
        for (uint32_t r = 0; r < spans[p].count && r < 10000; r++) {
            struct locator at = delivery_locate(delivery, spans[p].first + r);
            sum = hash_bytes(&at.line, sizeof at.line, sum + at.file);
            if (!delivery_row(delivery, spans[p].first + r, persons[p], cells))
                return 0;
            for (int f = 0; f < F_COUNT; f++) {
                bool is_key = f == F_OWNER || f == F_OTHER;
                bool is_text = f == F_NAME || f == F_TEXT || f == F_SECRET;
                uint64_t numbers[] = {
                    cells[f].state,
                    is_key ? cells[f].key.hi : (uint64_t)cells[f].number,
                    is_key ? cells[f].key.lo : cells[f].check,
                };
                sum = hash_bytes(numbers, sizeof numbers, sum);
                if (is_text && cells[f].state == CELL_VALUE)
                    sum = hash_bytes(cells[f].text.at, cells[f].text.len, sum);
            }
        }
    return sum;
}

/* Every bit of a file of 64 KiB: at opening, at reading or by verify it is found. In a short run
 * one bit of each byte, another one for each of its neighbours. */
TEST(every_single_bit_is_vouched_for)
{
    static struct bytes bytes;
    struct delivery *delivery = NULL;
    size_t count = 1000, step;
    uint64_t flips = 0, at_open = 0, by_reading = 0, by_verify = 0, sum;
    struct err err;

    for (seal(&bytes, count, 20000, 3); bytes.len < 65536; seal(&bytes, count, 20000, 3))
        count += 4;
    T_OK(bytes_open(&delivery, &bytes), &err);
    sum = all_rows(delivery);
    T_TRUE(sum != 0);
    T_OK(delivery_sound(delivery, &err), &err);
    T_OK(delivery_verify(delivery, &err), &err);
    delivery_close(delivery);
    step = rounds() >= 1000 ? 1 : 9;
    for (size_t bit = 0; bit < bytes.len * 8; bit += step, flips++) {
        bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (bytes_open(&delivery, &bytes) != HEDUI_OK) {
            at_open++;
        } else {
            if (all_rows(delivery) != sum || delivery_sound(delivery, &err) != HEDUI_OK) {
                T_EQ(delivery_sound(delivery, &err), HEDUI_E_FORMAT); /* other data never pass */
                by_reading++;
            } else if (delivery_verify(delivery, &err) == HEDUI_E_FORMAT) {
                by_verify++;
            }
            delivery_close(delivery);
        }
        bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    printf("# %llu single bits of %zu bytes: %llu refused at opening, %llu by reading, %llu by "
           "verify\n",
           (unsigned long long)flips, bytes.len, (unsigned long long)at_open,
           (unsigned long long)by_reading, (unsigned long long)by_verify);
    T_TRUE(flips * step >= 524288);
    T_EQ(at_open + by_reading + by_verify, flips);
}

/* A file of several units: those that opening does not read are found when they are touched. */
TEST(a_bit_in_a_later_unit_is_found_when_touched)
{
    static struct bytes bytes;
    struct delivery *delivery = NULL;
    uint64_t sum, found[3] = {0}; /* at opening, by reading, by verify */
    struct err err;

    seal(&bytes, 20000, 20001, 4);
    T_TRUE(bytes.len > 3 * (size_t)UNIT_BYTES);
    T_OK(bytes_open(&delivery, &bytes), &err);
    sum = all_rows(delivery);
    delivery_close(delivery);
    for (long i = 0; i < 5 * rounds(); i++) {
        size_t bit = (size_t)draw(bytes.len * 8);
        bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (bytes_open(&delivery, &bytes) != HEDUI_OK) {
            found[0]++;
        } else {
            uint64_t now = all_rows(delivery);
            if (delivery_sound(delivery, &err) != HEDUI_OK)
                found[1]++;
            else
                T_EQ(now, sum);
            T_EQ(delivery_verify(delivery, &err), HEDUI_E_FORMAT);
            found[2]++;
            delivery_close(delivery);
        }
        bytes.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    T_EQ(found[0] + found[2], 5 * rounds());
    T_TRUE(found[1] > 0);
}

/* Checksums as the writer makes them, so that what is wrong behind them is reached. */
static void
repair(struct bytes *bytes)
{
    struct head_start *head = (void *)bytes->at;
    uint64_t units = head->head_at + head->section_count * sizeof(struct section_entry) +
                     head->block_count * sizeof(struct block_entry);
    static uint8_t both[2 << 20];
    size_t rest = bytes->len - head->head_at;

    for (uint32_t i = 0; i < head->unit_count; i++) {
        uint64_t at = BODY_AT + (uint64_t)i * UNIT_BYTES;
        uint64_t n = head->head_at - at < UNIT_BYTES ? head->head_at - at : UNIT_BYTES;
        uint64_t hash = hash_bytes(bytes->at + at, n, 0);
        memcpy(bytes->at + units + i * sizeof(struct unit_entry), &hash, sizeof hash);
    }
    head->head_hash = 0;
    memcpy(both, bytes->at, BODY_AT);
    memcpy(both + BODY_AT, bytes->at + head->head_at, rest);
    head->head_hash = hash_bytes(both, BODY_AT + rest, 0);
}

/* One hostile change: a number of a table, of a stream or anywhere becomes another. */
static void
mislead(struct bytes *bytes)
{
    static const uint64_t odd[] = {
        0,       1, 7, 64, 65, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, UINT64_MAX, UINT64_MAX - 63,
        1u << 31};
    const struct head_start *head = (const void *)bytes->at;
    const struct section_entry *sections = (const void *)(bytes->at + head->head_at);
    const struct block_entry *blocks = (const void *)(sections + head->section_count);
    uint64_t value = draw(3) == 0 ? draw(UINT32_MAX) : odd[draw(LEN(odd))];
    size_t bytes_wide = (size_t)1 << draw(4), at, tables;

    switch (draw(4)) {
    case 0: /* tables of the head */
        tables = head->section_count * sizeof *sections + head->block_count * sizeof *blocks;
        at = head->head_at + draw(tables);
        break;
    case 1: { /* a stream of a block */
        const struct block_entry *block = &blocks[draw(head->block_count)];
        at = (size_t)(sections[3].at + block->columns_at + draw(16 + 32 * F_COUNT));
        break;
    }
    case 2: { /* the first bytes of a section: directory, offsets of texts, names, places */
        const struct section_entry *section = &sections[draw(head->section_count)];
        at = (size_t)section->at + draw(section->bytes < 400 ? section->bytes + 1 : 400);
        break;
    }
    default:
        at = draw(bytes->len);
    }
    at = at / bytes_wide * bytes_wide;
    if (at >= sizeof *head && at <= bytes->len - bytes_wide)
        memcpy(bytes->at + at, &value, bytes_wide);
}

/* Nothing to compare with: the checksums are right. That it ends, under the sanitizers, is it. */
TEST(a_delivery_made_to_mislead_is_never_read_outside)
{
    static struct bytes good, bad;
    uint64_t refused = 0, fenced = 0, read = 0;

    seal(&good, 3000, 20002, 5);
    for (long i = 0; i < 40 * rounds(); i++) {
        struct delivery *delivery = NULL;
        struct err err;
        memcpy(bad.at, good.at, good.len);
        bad.len = good.len;
        for (uint64_t changes = 1 + draw(3); changes > 0; changes--)
            mislead(&bad);
        repair(&bad);
        if (bytes_open(&delivery, &bad) != HEDUI_OK) {
            refused++;
            continue;
        }
        (void)all_rows(delivery);
        if (delivery_sound(delivery, &err) != HEDUI_OK)
            fenced++;
        else
            read++;
        delivery_close(delivery);
    }
    printf("# %ld misleading files: %llu refused at opening, %llu fenced, %llu read\n",
           40 * rounds(), (unsigned long long)refused, (unsigned long long)fenced,
           (unsigned long long)read);
    T_TRUE(refused > 0 && fenced > 0);
}

/* ---- under a running reader --------------------------------------------------------------------
 */

enum change { CUT, WRITTEN_OVER, OTHER_WRITTEN_OVER, MAPPED_OVER, RENAMED_OVER, CHANGES };

struct reader {
    const struct delivery *delivery;
    uint64_t sum;
    atomic_bool is_over;  /* the change was made */
    uint64_t believed;    /* passes after which the delivery said that it is sound */
    uint64_t disbelieved; /* … that it is not */
    bool was_wrong;       /* … sound, but the rows were others */
};

static void *
reader_main(void *context)
{
    struct reader *reader = context;
    bool is_last = false;

    while (!is_last) {
        struct err err;
        is_last = atomic_load(&reader->is_over);
        uint64_t sum = all_rows(reader->delivery);
        if (delivery_sound(reader->delivery, &err) != HEDUI_OK)
            reader->disbelieved++;
        else if (sum == reader->sum)
            reader->believed++;
        else
            reader->was_wrong = true;
    }
    return NULL;
}

/* The good file under `path` in a new inode, of an hour ago. */
static void
file_lay(const char *path, const struct bytes *bytes)
{
    struct timespec times[2] = {
        {0, 0},
        {0, 0}
    };
    char beside[300];
    int fd;

    snprintf(beside, sizeof beside, "%s.new", path);
    fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    T_TRUE(fd >= 0);
    T_EQ(write(fd, bytes->at, bytes->len), bytes->len);
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= 3600;
    times[1] = times[0];
    T_EQ(futimens(fd, times), 0);
    close(fd);
    T_EQ(rename(beside, path), 0);
}

static void
file_change(const char *path, const struct bytes *good, const struct bytes *other, enum change how)
{
    uint8_t noise[4096];
    int fd = open(path, O_RDWR | O_CLOEXEC);
    size_t at = (size_t)draw(good->len);
    void *map;

    T_TRUE(fd >= 0);
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)draw(256);
    switch (how) {
    case CUT:
        T_EQ(ftruncate(fd, (off_t)(at / 2)), 0);
        break;
    case WRITTEN_OVER:
        for (size_t to = 0; to < good->len; to += 8192)
            T_TRUE(pwrite(fd, noise, sizeof noise, (off_t)to) > 0);
        break;
    case OTHER_WRITTEN_OVER: /* as cp does it */
        T_EQ(ftruncate(fd, 0), 0);
        T_EQ(pwrite(fd, other->at, other->len, 0), other->len);
        break;
    case MAPPED_OVER:
        map = mmap(NULL, good->len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        T_TRUE(map != MAP_FAILED);
        memcpy((uint8_t *)map + at / 4096 * 4096, noise, good->len % 4096);
        munmap(map, good->len);
        break;
    case RENAMED_OVER:
        file_lay(path, other);
        break;
    case CHANGES:
        break;
    }
    close(fd);
}

TEST(a_file_changed_under_its_readers_is_disowned)
{
    static const struct {
        const char *belief;
        bool goes_on; /* the old file stays mapped and right */
    } rows[CHANGES] = {
        [CUT] = {"a file that is cut",                                         false},
        [WRITTEN_OVER] = {"a file that is written over with noise",                     false},
        [OTHER_WRITTEN_OVER] = {"a file that another delivery is copied over",                false},
        [MAPPED_OVER] = {"a file that is changed through a map",                       false},
        [RENAMED_OVER] = {"a file that another delivery takes the name of by a rename", true },
    };
    static struct bytes good, other;
    uint64_t believed = 0, disbelieved = 0;

    seal(&good, 8000, 20003, 6);
    seal(&other, 9000, 20004, 7);
    for (long i = 0; i < rounds(); i++) {
        enum change how = (enum change)(i % CHANGES);
        struct timespec pause = {0, (long)draw(3000000)};
        struct delivery *delivery = NULL;
        struct reader reader = {0};
        pthread_t thread;
        struct err err;

        T_ROW(rows[how].belief);
        file_lay(good.path, &good);
        T_OK(delivery_open(&delivery, good.path, &test_model, master_key_id(key), &err), &err);
        if (i < CHANGES) { /* every unit was found good before the change */
            reader.sum = all_rows(delivery);
        } else {
            struct delivery *whole = NULL;
            T_OK(bytes_open(&whole, &good), &err);
            reader.sum = all_rows(whole);
            delivery_close(whole);
        }
        reader.delivery = delivery;
        T_EQ(pthread_create(&thread, NULL, reader_main, &reader), 0);
        nanosleep(&pause, NULL);
        file_change(good.path, &good, &other, how);
        atomic_store(&reader.is_over, true);
        T_EQ(pthread_join(thread, NULL), 0);
        T_TRUE(!reader.was_wrong);
        T_EQ(reader.disbelieved > 0, !rows[how].goes_on);
        T_EQ(delivery_sound(delivery, &err) == HEDUI_OK, rows[how].goes_on);
        believed += reader.believed;
        disbelieved += reader.disbelieved;
        delivery_close(delivery);
    }
    printf("# %ld changes under a reader: %llu passes right, %llu disowned, 0 wrong\n", rounds(),
           (unsigned long long)believed, (unsigned long long)disbelieved);
}

TEST(sigbus_elsewhere_is_not_ours)
{
#ifdef __SANITIZE_THREAD__
    skip(); /* the thread sanitizer takes signals over and hands them on in its own time */
#endif
    static const struct {
        const char *belief;
        bool is_sent;
    } rows[] = {
        {"a map of somebody else that is cut ends the process", false},
        {"a signal that was sent ends the process",             true },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        int status;
        pid_t child;

        T_ROW(rows[i].belief);
        child = fork();
        T_TRUE(child >= 0);
        if (child == 0) {
            char path[128];
            const volatile uint8_t *map;
            struct map guarded;
            struct err err;
            int fd;
            signal(SIGBUS, SIG_DFL); /* not the sanitizers' handler */
            snprintf(path, sizeof path, "%s/strange", test_dir);
            fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
            if (fd < 0 || ftruncate(fd, 8192) != 0 || map_open(&guarded, path, &err) != HEDUI_OK)
                _exit(1);
            map = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
            if (map == MAP_FAILED || ftruncate(fd, 0) != 0 || guarded.at[5000] != 0 ||
                map_is_sound(&guarded))
                _exit(2);
            if (rows[i].is_sent)
                raise(SIGBUS);
            else
                _exit(map[5000] == 0 ? 3 : 4);
            _exit(5);
        }
        T_EQ(waitpid(child, &status, 0), child);
        T_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(sigbus_elsewhere_is_not_ours),
        T(every_single_bit_is_vouched_for),
        T(a_bit_in_a_later_unit_is_found_when_touched),
        T(a_delivery_made_to_mislead_is_never_read_outside),
        T(a_file_changed_under_its_readers_is_disowned),
    };
    struct keyer *keyer = NULL;
    struct err err;
    int failed = 1;

    test_dir_make();
    if (master_key_open(&key, test_dir, NULL, NULL, &err) == HEDUI_OK &&
        keyer_open(&keyer, key, &err) == HEDUI_OK) {
        for (size_t p = 0; p < PERSONS; p++)
            persons[p] = test_person(p);
        keyer_pseudonyms(keyer, persons, persons, PERSONS);
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    }
    keyer_close(keyer);
    master_key_close(key);
    test_dir_remove();
    return failed;
}
