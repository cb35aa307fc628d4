/* SPDX-License-Identifier: Apache-2.0 */
/* What joins, what falls away, and what a damaged data directory is: an error, never "nothing". */
#include "engine/index/snapshot.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/index/publish.h"

/* The folder as if nothing had been published: without the second manifest a lost current is a
 * first ingest that died. */
static void
forget(void)
{
    char path[256];

    snprintf(path, sizeof path, "%s/current", test_dir);
    unlink(path);
    snprintf(path, sizeof path, "%s/snapshots/00000002.json", test_dir);
    unlink(path);
}

static struct master_key *key;
static uint64_t line_next = 2;

struct given { /* one delivery of a test */
    const char *source;
    int32_t as_of, month_from, month_until; /* 0: a kind without a period */
    const char *divisions;                  /* "" is all; "32,33" */
};

static uint32_t
texts_split(const char *list, struct text *out)
{
    uint32_t n = 0;

    for (const char *at = list; *at != '\0';) {
        size_t len = strcspn(at, ",");
        out[n++] = (struct text){at, len};
        at += len + (at[len] == ',');
    }
    return n;
}

/* Seals a delivery of one row and publishes it. mends: NULL, or the delivery that it mends. */
static hedui_status
publish(const struct given *given, const struct delivery_info *mends, struct digest *digest,
        uint64_t *id, uint32_t *fallen_count, struct err *err)
{
    struct delivery_spec spec = spec_of(given->source, given->as_of);
    struct text divisions[8];
    struct published published;
    struct fact fact;

    spec.has_covers = given->month_from > 0;
    spec.covers_from = given->month_from;
    spec.covers_until = given->month_until;
    spec.division_count = texts_split(given->divisions, divisions);
    spec.divisions = divisions;
    spec.is_mend = mends != NULL;
    spec.mended = mends;
    if (mends != NULL)
        spec.mends = mends->digest;
    fact_draw(&fact, 10, line_next++); /* another line: another digest */
    fact.file = 0;
    TRY(feed_publish(&published, test_dir, &spec, key, &fact, 1, err));
    *digest = published.digest;
    *id = published.id;
    *fallen_count = published.fallen_count;
    return HEDUI_OK;
}

/* "source@as_of months divisions -minus; …" of the current snapshot, in its order. */
static void
snapshot_say(struct buf *out)
{
    struct snapshot *snapshot = NULL;
    struct err err;

    T_OK(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err), &err);
    for (uint32_t i = 0; i < snapshot_count(snapshot); i++) {
        const struct snapshot_entry *entry = snapshot_entry(snapshot, i);
        const struct delivery_info *info = delivery_info(entry->delivery);
        if (i > 0)
            buf_str(out, "; ");
        buf_text(out, info->source);
        buf_printf(out, "%s@%d", info->is_mend ? "+" : "", info->as_of);
        for (uint32_t m = 0; m < entry->month_count; m++)
            buf_printf(out, "%c%d", m == 0 ? ' ' : ',', entry->months[m] - 24300);
        for (uint32_t d = 0; d < entry->division_count; d++)
            buf_printf(out, " " TEXT_FMT, TEXT_ARG(entry->divisions[d]));
        for (uint32_t d = 0; d < entry->minus_count; d++)
            buf_printf(out, " -" TEXT_FMT, TEXT_ARG(entry->minus[d]));
    }
    snapshot_close(snapshot);
}

#define M(n) (24300 + (n))

TEST(a_newer_delivery_supersedes_where_it_answers)
{
    static const struct {
        const char *belief;
        bool has_period;
        struct given given[3];
        const char *want;
        uint32_t fallen; /* of the last */
    } rows[] = {
        {"another source stays",
         true,  {{"tax", 1, M(1), M(2), ""}, {"bank", 2, M(1), M(2), ""}},
         "tax@1 1,2; bank@2 1,2",                        0},
        {"the same months fall away whole",
         true,  {{"tax", 1, M(1), M(2), ""}, {"tax", 2, M(1), M(2), ""}},
         "tax@2 1,2",                                    1},
        {"months that the newer lacks stay",
         true,  {{"tax", 1, M(1), M(3), ""}, {"tax", 2, M(2), M(4), ""}},
         "tax@1 1; tax@2 2,3,4",                         1},
        {"a month that arrives late takes nothing",
         true,  {{"tax", 1, M(1), M(2), ""}, {"tax", 2, M(3), M(3), ""}},
         "tax@1 1,2; tax@2 3",                           0},
        {"an old extract that comes late answers only what is new in it",
         true,  {{"tax", 5, M(2), M(3), ""}, {"tax", 4, M(1), M(2), ""}},
         "tax@5 2,3; tax@4 1",                           1},
        {"a part of the divisions is cut out",
         true,  {{"tax", 1, M(1), M(1), ""}, {"tax", 2, M(1), M(1), "3205"}},
         "tax@1 1 -3205; tax@2 1 3205",                  1},
        {"a part of divisions and months splits",
         true,  {{"tax", 1, M(1), M(2), "32"}, {"tax", 2, M(2), M(3), "3205"}},
         "tax@1 1 32; tax@1 2 32 -3205; tax@2 2,3 3205", 1},
        {"listed divisions fall one by one",
         true,  {{"tax", 1, M(1), M(1), "3205,3206"}, {"tax", 2, M(1), M(1), "3205"}},
         "tax@1 1 3206; tax@2 1 3205",                   1},
        {"a wider prefix takes the narrower whole",
         true,  {{"tax", 1, M(1), M(1), "320581"}, {"tax", 2, M(1), M(1), "3205"}},
         "tax@2 1 3205",                                 1},
        {"a wider exception swallows a narrower",
         true,  {{"tax", 1, M(1), M(1), ""},
          {"tax", 2, M(1), M(1), "320581"},
          {"tax", 3, M(1), M(1), "32"}},
         "tax@1 1 -32; tax@3 1 32",                      2},
        {"other divisions have nothing to do with each other",
         true,  {{"tax", 1, M(1), M(1), "31"}, {"tax", 2, M(1), M(1), "32"}},
         "tax@1 1 31; tax@2 1 32",                       0},
        {"without a period all of it falls",
         false, {{"vehicle", 1, 0, 0, ""}, {"vehicle", 2, 0, 0, ""}},
         "vehicle@2",                                    1},
        {"without a period, as of an earlier day: not used",
         false, {{"vehicle", 3, 0, 0, ""}, {"vehicle", 2, 0, 0, ""}},
         "vehicle@3",                                    1},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf out;
        struct digest digest;
        uint64_t id;
        uint32_t fallen = 0;
        struct err err;

        T_ROW(rows[i].belief);
        buf_init(&out, false);
        test_kind.period = rows[i].has_period ? F_MONTH : -1;
        forget();
        for (size_t g = 0; g < 3 && rows[i].given[g].source != NULL; g++)
            T_OK(publish(&rows[i].given[g], NULL, &digest, &id, &fallen, &err), &err);
        snapshot_say(&out);
        T_TEXT(buf_as_text(&out), text_of(rows[i].want));
        T_EQ(fallen, rows[i].fallen);
        buf_release(&out);
    }
    test_kind.period = F_MONTH;
}

TEST(a_mend_lives_and_dies_with_its_base)
{
    static const struct given base = {"tax", 1, M(1), M(2), "32"};
    static const struct given partly = {"tax", 2, M(2), M(2), "3205"};
    static const struct given newer = {"tax", 3, M(1), M(2), ""};
    struct snapshot *snapshot = NULL;
    struct digest digest;
    struct buf out;
    struct err err;
    uint64_t id, before;
    uint32_t fallen;

    forget();
    buf_init(&out, false);
    T_OK(publish(&base, NULL, &digest, &id, &fallen, &err), &err);
    T_OK(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err), &err);
    T_ROW("it joins beside its base and inherits days, months and divisions");
    T_OK(publish(&base, delivery_info(snapshot_entry(snapshot, 0)->delivery), &digest, &id, &fallen,
                 &err),
         &err);
    snapshot_say(&out);
    T_TEXT(buf_as_text(&out), TEXT("tax@1 1,2 32; tax+@1 1,2 32"));
    T_EQ(fallen, 0);
    T_ROW("where its base is superseded in part, so is the mend");
    buf_reset(&out);
    T_OK(publish(&partly, NULL, &digest, &id, &fallen, &err), &err);
    snapshot_say(&out);
    T_TEXT(buf_as_text(&out), TEXT("tax@1 1 32; tax@1 2 32 -3205; tax@2 2 3205; "
                                   "tax+@1 1 32; tax+@1 2 32 -3205"));
    T_ROW("it falls with its base");
    buf_reset(&out);
    T_OK(publish(&newer, NULL, &digest, &id, &fallen, &err), &err);
    snapshot_say(&out);
    T_TEXT(buf_as_text(&out), TEXT("tax@3 1,2"));
    T_EQ(fallen, 4); /* three parts and the mend */
    T_ROW("what is mended must be there");
    before = id;
    T_EQ(publish(&base, delivery_info(snapshot_entry(snapshot, 0)->delivery), &digest, &id, &fallen,
                 &err),
         HEDUI_E_USAGE);
    snapshot_close(snapshot);
    T_OK(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err), &err);
    T_EQ(snapshot_id(snapshot), before);
    snapshot_close(snapshot);
    buf_release(&out);
}

TEST(ingested_twice_is_ingested_once)
{
    static const struct given given = {"tax", 1, M(1), M(2), ""};
    struct digest first, second;
    struct err err;
    uint64_t first_id, second_id;
    uint32_t fallen;

    T_ROW("the same rows give the same digest and no new snapshot");
    forget();
    test_seed = 99;
    line_next = 50;
    T_OK(publish(&given, NULL, &first, &first_id, &fallen, &err), &err);
    test_seed = 99;
    line_next = 50;
    T_OK(publish(&given, NULL, &second, &second_id, &fallen, &err), &err);
    T_EQ(memcmp(&first, &second, sizeof first), 0);
    T_EQ(first_id, second_id);
    T_EQ(fallen, 0);
}

static void
flip(const char *path, off_t at)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    unsigned char byte;

    T_TRUE(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte ^= 1;
    T_EQ(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

TEST(damage_fences_the_snapshot)
{
    static const struct given given = {"tax", 1, M(1), M(2), ""};
    struct snapshot *snapshot = NULL;
    struct digest digest;
    struct stat st;
    struct err err;
    uint64_t id;
    uint32_t fallen;
    char path[200], hex[65], moved[210];

    forget();
    snprintf(path, sizeof path, "%s/current", test_dir);
    T_OK(publish(&given, NULL, &digest, &id, &fallen, &err), &err);
    T_ROW("every byte of current and of the manifest counts");
    T_EQ(stat(path, &st), 0);
    for (off_t at = 0; at < st.st_size; at++) {
        flip(path, at);
        T_TRUE(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err) !=
               HEDUI_OK);
        flip(path, at);
    }
    snprintf(path, sizeof path, "%s/snapshots/%08llu.json", test_dir, (unsigned long long)id);
    T_EQ(stat(path, &st), 0);
    for (off_t at = 0; at < st.st_size; at++) {
        flip(path, at);
        T_EQ(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err),
             HEDUI_E_FORMAT);
        T_EQ(snapshot_open(&snapshot, test_dir, id, &test_model, master_key_id(key), &err),
             HEDUI_E_FORMAT);
        flip(path, at);
    }
    T_ROW("a missing delivery is an error, not an empty source");
    digest_hex(&digest, hex);
    snprintf(path, sizeof path, "%s/deliveries/%s.hdl", test_dir, hex);
    snprintf(moved, sizeof moved, "%s.away", path);
    T_EQ(rename(path, moved), 0);
    T_EQ(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err),
         HEDUI_E_FORMAT);
    T_EQ(rename(moved, path), 0);
    T_ROW("whole again, it opens and verifies");
    T_OK(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err), &err);
    T_OK(snapshot_verify(snapshot, &err), &err);
    snapshot_close(snapshot);
    T_ROW("a snapshot that was never made");
    T_EQ(snapshot_open(&snapshot, test_dir, 99999, &test_model, master_key_id(key), &err),
         HEDUI_E_USAGE);
}

TEST(one_writer_at_a_time_and_no_strays)
{
    struct data_lock *first = NULL, *second = NULL;
    struct err err;
    char stray[96];
    int fd;

    snprintf(stray, sizeof stray, "%s/deliveries/.tmp-delivery", test_dir);
    fd = open(stray, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    T_TRUE(fd >= 0);
    close(fd);
    T_OK(data_lock_take(&first, test_dir, 0, &err), &err);
    T_ROW("what a dead run left is gone");
    T_TRUE(access(stray, F_OK) != 0);
    T_ROW("the second is told to wait");
    T_EQ(data_lock_take(&second, test_dir, 30, &err), HEDUI_E_BUSY);
    data_lock_drop(first);
    T_ROW("and gets it when the first is done");
    T_OK(data_lock_take(&second, test_dir, 0, &err), &err);
    data_lock_drop(second);
}

TEST(an_empty_folder_is_a_snapshot_of_nothing)
{
    struct snapshot *snapshot = NULL;
    struct arena arena;
    struct digest digest;
    struct err err;
    uint64_t *ids, id;
    uint32_t count, fallen;

    T_ROW("id 0, no deliveries");
    forget();
    T_OK(snapshot_open(&snapshot, test_dir, 0, &test_model, master_key_id(key), &err), &err);
    T_EQ(snapshot_id(snapshot), 0);
    T_EQ(snapshot_count(snapshot), 0);
    snapshot_close(snapshot);
    T_ROW("manifests that nothing names are not listed");
    arena_init(&arena, "ids", 0, false);
    T_OK(snapshot_list(&ids, &count, test_dir, &arena, &err), &err);
    T_EQ(count, 0);
    T_ROW("the list ends with the current one");
    for (uint64_t want = 1; want <= 3; want++) {
        struct given given = {"tax", (int32_t)want, M(1), M(2), ""};
        T_OK(publish(&given, NULL, &digest, &id, &fallen, &err), &err);
        T_OK(snapshot_list(&ids, &count, test_dir, &arena, &err), &err);
        T_EQ(id, want);
        T_EQ(count, want);
        T_EQ(ids[count - 1], want);
    }
    arena_release(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_newer_delivery_supersedes_where_it_answers),
        T(a_mend_lives_and_dies_with_its_base),
        T(ingested_twice_is_ingested_once),
        T(damage_fences_the_snapshot),
        T(one_writer_at_a_time_and_no_strays),
        T(an_empty_folder_is_a_snapshot_of_nothing),
    };
    struct err err;
    int failed = 1;

    test_dir_make();
    if (master_key_open(&key, test_dir, NULL, NULL, &err) == HEDUI_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else
        fprintf(stderr, "%s\n", err.text);
    master_key_close(key);
    test_dir_remove();
    return failed;
}
