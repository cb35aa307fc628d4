/* SPDX-License-Identifier: Apache-2.0 */
/* F2 of the faults: publishing beside readers. A reader sees one snapshot, the old or the new one,
 * never parts of both. HEDUI_PUBLISHES=N (default 300; `make torture` gives 10,000). */
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/index/publish.h"

#define PUBLISHES_A_FOLDER 500 /* each lock looks through all files for what a crash left */
#define READERS 2
#define ROWS 40

static struct master_key *key;
static struct key128 persons[8];
static char data_dir[96];

static int
no_sync(int fd)
{
    (void)fd; /* the power stays on in this test */
    return 0;
}

static int64_t
no_clock(void)
{
    return 0; /* a map need not wait for the file's time to be past: nothing is written over here */
}

/* Publish k, from 1: the tax delivery of day k where k is odd, the vehicle one where it is even.
 * Every row says k. */
static hedui_status
publish(int32_t k, struct err *err)
{
    static struct fact facts[ROWS];
    struct delivery_spec spec = spec_of(k % 2 != 0 ? "tax" : "vehicle", k);
    struct published published;

    spec.has_covers = true;
    spec.covers_from = 24300;
    spec.covers_until = 24311;
    for (size_t i = 0; i < ROWS; i++) {
        fact_draw(&facts[i], LEN(persons), i + 2);
        facts[i].state[F_MONEY] = CELL_VALUE;
        facts[i].number[F_MONEY] = k;
    }
    TRY(feed_publish(&published, data_dir, &spec, key, facts, ROWS, err));
    if (published.id != (uint64_t)k)
        return err_set(err, HEDUI_E_FORMAT, "publish %d made snapshot %d", (int)k,
                       (int)published.id);
    return HEDUI_OK;
}

struct reader {
    atomic_bool is_over;
    atomic_ulong looks, mixed, failed;
    struct err err; /* of the last failure */
};

/* All rows of one delivery: how many say another day than it was published with. */
static uint64_t
strangers(const struct delivery *delivery)
{
    struct row_span spans[LEN(persons)];
    struct cell cells[F_COUNT];
    uint64_t found = 0, wrong = 0;

    delivery_probe(delivery, persons, LEN(persons), spans);
    for (size_t p = 0; p < LEN(persons); p++)
        for (uint32_t r = 0; r < spans[p].count; r++, found++)
            wrong += !delivery_row(delivery, spans[p].first + r, persons[p], cells) ||
                     cells[F_MONEY].number != delivery_info(delivery)->as_of;
    return wrong + (found != ROWS);
}

static bool
is_mixed(const struct snapshot *snapshot)
{
    uint64_t id = snapshot_id(snapshot);
    bool is_wrong = snapshot_count(snapshot) != (id < 2 ? id : 2);

    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct delivery *delivery = snapshot_entry(snapshot, i)->delivery;
        const struct delivery_info *info = delivery_info(delivery);
        bool is_tax = text_is(info->source, "tax");
        uint64_t day = (id % 2 == 1) == is_tax ? id : id - 1; /* the last one of its kind */

        is_wrong = is_wrong || (uint64_t)info->as_of != day || strangers(delivery) > 0;
    }
    return is_wrong;
}

static void *
reader_main(void *context)
{
    struct reader *reader = context;

    while (!atomic_load(&reader->is_over)) {
        struct snapshot *snapshot = NULL;
        struct err err;

        if (snapshot_open(&snapshot, data_dir, 0, &test_model, master_key_id(key), &err) !=
            HEDUI_OK) {
            atomic_fetch_add(&reader->failed, 1);
            reader->err = err;
            continue;
        }
        atomic_fetch_add(&reader->looks, 1);
        atomic_fetch_add(&reader->mixed,
                         is_mixed(snapshot) || snapshot_sound(snapshot, &err) != HEDUI_OK);
        snapshot_close(snapshot);
    }
    return NULL;
}

TEST(readers_beside_a_publisher_see_old_or_new)
{
    const char *text = getenv("HEDUI_PUBLISHES");
    long all = text == NULL ? 300 : strtol(text, NULL, 10), done = 0;
    unsigned long looks = 0;

    while (done < all) {
        static struct reader readers[READERS];
        pthread_t threads[READERS];
        struct err err;
        int32_t k = 1;

        snprintf(data_dir, sizeof data_dir, "%s/d%ld", test_dir, done);
        T_OK(publish(k++, &err), &err);
        for (size_t i = 0; i < READERS; i++) {
            memset(&readers[i], 0, sizeof readers[i]);
            T_EQ(pthread_create(&threads[i], NULL, reader_main, &readers[i]), 0);
        }
        for (done++; k <= PUBLISHES_A_FOLDER && done < all; k++, done++)
            T_OK(publish(k, &err), &err);
        for (size_t i = 0; i < READERS; i++) {
            atomic_store(&readers[i].is_over, true);
            pthread_join(threads[i], NULL);
            if (atomic_load(&readers[i].failed) > 0)
                T_FAIL("a reader was refused: %s", readers[i].err.text);
            T_EQ(atomic_load(&readers[i].mixed), 0);
            looks += atomic_load(&readers[i].looks);
        }
        folder_empty(data_dir);
    }
    printf("# %ld publishes, %lu looks of %d readers, 0 mixed\n", done, looks, READERS);
    T_TRUE(looks > (unsigned long)all);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {T(readers_beside_a_publisher_see_old_or_new)};
    struct keyer *keyer = NULL;
    struct err err;
    int failed = 1;

    test_dir_make();
    sys.fsync = no_sync;
    sys.now_ms = no_clock;
    if (master_key_open(&key, test_dir, NULL, NULL, &err) == HEDUI_OK &&
        keyer_open(&keyer, key, &err) == HEDUI_OK) {
        for (size_t p = 0; p < LEN(persons); p++)
            persons[p] = test_person(p);
        keyer_pseudonyms(keyer, persons, persons, LEN(persons));
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    }
    keyer_close(keyer);
    master_key_close(key);
    test_dir_remove();
    return failed;
}
