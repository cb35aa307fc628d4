/* SPDX-License-Identifier: Apache-2.0 */
/* A delivery answers what a plain list of the same rows answers. */
#include "engine/index/delivery.h"

#include <fcntl.h>

#include "tests/unit/index/feed.h"

#include "engine/index/delivery_file.h"
#include "engine/index/key.h"

static struct master_key *key;
static struct keyer *keyer;

static const char *
deliveries_dir(void)
{
    static char dir[128];

    snprintf(dir, sizeof dir, "%s/deliveries", test_dir);
    return dir;
}

static struct delivery_spec
spec_plain(void)
{
    return (struct delivery_spec){
        .model = &test_model,
        .kind = &test_kind,
        .source = TEXT("tax"),
        .mapping = TEXT("tax"),
        .mapping_version = 3,
        .as_of = 20000,
        .unplaced_max = 5000,
        .ring = test_ring,
        .memory = (size_t)256 << 20,
        .dir = deliveries_dir(),
    };
}

struct sealed {
    char path[256];
    struct digest digest;
    struct balance balance;
};

/* n facts through the road from batches to a file. */
static void
seal(struct sealed *out, const struct delivery_spec *spec, const struct fact *facts, size_t n,
     uint32_t lanes)
{
    static const struct text files[] = {W("a.csv"), W("b.csv")};
    static const struct digest digests[2];
    struct builder *builder = NULL;
    struct pool *pool = NULL;
    hedui_status fed;
    struct err err;
    char hex[65], dir[96];

    memset(out, 0, sizeof *out);
    snprintf(dir, sizeof dir, "%s/deliveries", test_dir);
    T_OK(pool_open(&pool, lanes, &err), &err);
    T_OK(builder_open(&builder, spec, key, lanes, &err), &err);
    facts_feed(builder, facts, n, lanes, &fed, &err);
    T_OK(fed, &err);
    out->balance.physical = out->balance.accepted = n;
    T_OK(builder_seal(builder, pool, files, digests, 2, &out->balance, false, &out->digest, &err),
         &err);
    T_EQ(out->balance.accepted + out->balance.collapsed, n);
    builder_close(builder);
    pool_close(pool);
    digest_hex(&out->digest, hex);
    snprintf(out->path, sizeof out->path, "%s/%s.hdl", dir, hex);
}

static struct delivery *
open_good(const char *path)
{
    struct delivery *delivery = NULL;
    struct err err;

    T_OK(delivery_open(&delivery, path, &test_model, master_key_id(key), &err), &err);
    return delivery;
}

static void
row_check(const struct cell *cells, const struct fact *fact)
{
    char mask[NAME_MAX];
    struct key128 other;

    for (int f = 1; f < F_COUNT; f++) {
        T_EQ(cells[f].state, fact->state[f]);
        if (fact->state[f] != CELL_VALUE)
            continue;
        switch (f) {
        case F_NAME:
            T_EQ(cells[f].number, keyer_name(keyer, text_of(fact->name)).tag);
            T_EQ(cells[f].check, keyer_name(keyer, text_of(fact->name)).check);
            T_TEXT(cells[f].text, ((struct text){mask, name_mask(text_of(fact->name), mask)}));
            break;
        case F_TEXT:
            T_TEXT(cells[f].text, text_of(fact->text));
            break;
        case F_SECRET:
            T_EQ(cells[f].number, keyer_text(keyer, text_of(fact->secret)));
            T_TEXT(cells[f].text, ((struct text){mask, text_mask(text_of(fact->secret), mask)}));
            break;
        case F_OTHER:
            keyer_pseudonyms(keyer, &fact->other, &other, 1);
            T_EQ(cells[f].key.hi, other.hi);
            T_EQ(cells[f].key.lo, other.lo);
            break;
        default:
            T_EQ(cells[f].number, fact->number[f]);
        }
    }
}

/* Every person's rows are the facts about him, each once. */
static void
persons_check(const struct delivery *delivery, struct fact *facts, size_t n, uint64_t persons)
{
    struct fact **by_line = mem_resize(NULL, n, sizeof *by_line);
    uint64_t found = 0;
    uint32_t near = 0;

    for (size_t i = 0; i < n; i++) {
        by_line[facts[i].line - 2] = &facts[i]; /* lines are 2 … n + 1 */
        facts[i].is_seen = false;
    }
    for (uint64_t p = 0; p < persons + 50; p += 10) {
        struct key128 keys[11];
        struct row_span spans[11];
        struct cell cells[F_COUNT];
        for (uint64_t i = 0; i < 10; i++)
            keys[i] = test_person(p + i);
        keys[10] = keys[0];
        keyer_pseudonyms(keyer, keys, keys, 11);
        delivery_probe(delivery, keys, 11, spans);
        T_EQ(spans[10].count, spans[0].count);
        T_EQ(spans[10].first, spans[0].first);
        for (uint64_t i = 0; i < 10; i++)
            for (uint64_t r = 0; r < spans[i].count; r++) {
                struct locator at = delivery_locate_near(delivery, spans[i].first + r, &near);
                struct fact *fact = by_line[at.line - 2];
                T_TRUE(delivery_row(delivery, spans[i].first + r, keys[i], cells));
                T_EQ(fact->owner.lo, test_person(p + i).lo);
                T_EQ(at.file, fact->file);
                T_TRUE(!fact->is_seen);
                fact->is_seen = true;
                row_check(cells, fact);
                found++;
            }
    }
    T_EQ(found, delivery_info(delivery)->rows);
    mem_free(by_line);
}

TEST(a_delivery_answers_what_was_fed)
{
    static const struct {
        const char *belief;
        size_t rows;
        uint64_t persons;
        uint32_t lanes;
    } rows[] = {
        {"an empty feed is a delivery",                          0,     10,    1},
        {"one row",                                              1,     1,     1},
        {"a few rows in one block",                              300,   40,    1},
        {"one person with all the rows",                         5000,  1,     2},
        {"each person about one row",                            20000, 30000, 2},
        {"each person about thirty rows, more lanes than cores", 20000, 700,   8},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fact *facts = mem_resize(NULL, rows[i].rows, sizeof *facts);
        struct delivery_spec spec = spec_plain();
        struct sealed sealed;
        struct delivery *delivery;
        struct err err;

        T_ROW(rows[i].belief);
        for (size_t r = 0; r < rows[i].rows; r++)
            fact_draw(&facts[r], rows[i].persons, r + 2);
        seal(&sealed, &spec, facts, rows[i].rows, rows[i].lanes);
        delivery = open_good(sealed.path);
        T_EQ(delivery_info(delivery)->rows, rows[i].rows);
        T_EQ(delivery_info(delivery)->as_of, 20000);
        T_EQ(memcmp(&delivery_info(delivery)->digest, &sealed.digest, DIGEST_BYTES), 0);
        T_TEXT(delivery_info(delivery)->files[1], TEXT("b.csv"));
        persons_check(delivery, facts, rows[i].rows, rows[i].persons);
        T_OK(delivery_verify(delivery, &err), &err);
        delivery_close(delivery);
        mem_free(facts);
    }
}

static void
facts_shuffle(struct fact *facts, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = draw(i);
        struct fact fact = facts[i - 1];
        facts[i - 1] = facts[j];
        facts[j] = fact;
    }
}

/* The bytes of all columns and the index; places apart, and originals, which stand by place. */
static struct digest
columns_digest(const struct delivery *delivery)
{
    struct digester *digester = NULL;
    struct digest digest;
    struct err err;

    T_OK(digester_open(&digester, &err), &err);
    for (uint32_t i = 0; i < delivery->head->section_count; i++)
        if (delivery->sections[i].what != SECTION_BLOCKS &&
            delivery->sections[i].what != SECTION_SEALED &&
            delivery->sections[i].what != SECTION_SEALED_LIST)
            digester_add(digester, delivery->map + delivery->sections[i].at,
                         delivery->sections[i].bytes);
    for (uint32_t b = 0; b < delivery->head->block_count; b++)
        digester_add(digester,
                     delivery->map + delivery->packed->at + delivery->blocks[b].columns_at,
                     delivery->blocks[b].columns_bytes);
    digest = digester_finish(digester);
    digester_close(digester);
    return digest;
}

TEST(columns_do_not_depend_on_threads_or_order)
{
    enum { ROWS = 30000 };
    static struct fact facts[ROWS];
    static const struct {
        const char *belief;
        uint32_t lanes;
        bool is_shuffled;
    } rows[] = {
        {"one lane",            1, false},
        {"two lanes",           2, false},
        {"eight lanes",         8, false},
        {"shuffled, two lanes", 2, true },
    };
    struct delivery_spec spec = spec_plain();
    struct digest first = {{0}};
    struct digest first_file = {{0}};

    for (size_t r = 0; r < ROWS; r++)
        fact_draw(&facts[r], 4000, r + 2);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct sealed sealed;
        struct delivery *delivery;
        struct digest digest;

        T_ROW(rows[i].belief);
        if (rows[i].is_shuffled) {
            facts_shuffle(facts, ROWS);
            for (size_t r = 0; r < ROWS; r++)
                facts[r].line = r + 2;
        }
        seal(&sealed, &spec, facts, ROWS, rows[i].lanes);
        delivery = open_good(sealed.path);
        digest = columns_digest(delivery);
        if (i == 0) {
            first = digest;
            first_file = sealed.digest;
        }
        T_EQ(memcmp(&digest, &first, sizeof digest), 0);
        if (!rows[i].is_shuffled) /* the places are the same too, so the whole file is */
            T_EQ(memcmp(&sealed.digest, &first_file, sizeof digest), 0);
        delivery_close(delivery);
    }
}

TEST(rows_collapse_only_under_a_dedupe_key)
{
    static const struct {
        const char *belief;
        uint64_t dedupe;
        int64_t second_amount; /* the first is 100 */
        uint64_t accepted, collapsed, conflicting;
    } rows[] = {
        {"without a key equal rows are two rows",             0,                              100, 2, 0, 0},
        {"under a key equal rows are one",                    1u << F_OWNER | 1u << F_SECRET, 100, 1, 1, 0},
        {"same key, other values: both stay and are counted", 1u << F_OWNER | 1u << F_SECRET, 101,
         2,                                                                                           0, 2},
        {"another key is no conflict",                        1u << F_OWNER | 1u << F_MONEY,  101, 2, 0, 0},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct fact facts[2];
        struct delivery_spec spec = spec_plain();
        struct sealed sealed;

        T_ROW(rows[i].belief);
        test_seed = 7;
        fact_draw(&facts[0], 1, 2);
        memset(facts[0].state, 0, sizeof facts[0].state);
        facts[0].number[F_MONEY] = 100;
        facts[1] = facts[0];
        facts[1].line = 3;
        facts[1].number[F_MONEY] = rows[i].second_amount;
        spec.dedupe = rows[i].dedupe;
        seal(&sealed, &spec, facts, 2, 1);
        T_EQ(sealed.balance.accepted, rows[i].accepted);
        T_EQ(sealed.balance.collapsed, rows[i].collapsed);
        T_EQ(sealed.balance.conflicting, rows[i].conflicting);
    }
}

static void
file_change(const char *path, off_t at, bool is_cut)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    unsigned char byte;

    T_TRUE(fd >= 0);
    if (is_cut) {
        T_EQ(ftruncate(fd, at), 0);
    } else {
        T_EQ(pread(fd, &byte, 1, at), 1);
        byte ^= 0x10;
        T_EQ(pwrite(fd, &byte, 1, at), 1);
    }
    close(fd);
}

/* Opens, reads every row, verifies: is the damage found by one of them? */
static bool
is_damage_found(const char *path, bool *by_verify)
{
    struct delivery *delivery = NULL;
    struct cell cells[F_COUNT];
    struct err err;
    uint32_t near = 0;
    bool is_found = false;

    *by_verify = true;
    if (delivery_open(&delivery, path, &test_model, master_key_id(key), &err) != HEDUI_OK)
        return true;
    for (uint64_t p = 0; p < 500; p++) {
        struct key128 person = test_person(p);
        struct row_span span;
        keyer_pseudonyms(keyer, &person, &person, 1);
        delivery_probe(delivery, &person, 1, &span);
        for (uint64_t r = 0; r < span.count; r++)
            is_found |= !delivery_row(delivery, span.first + r, person, cells) ||
                        delivery_locate_near(delivery, span.first + r, &near).line == 0;
    }
    *by_verify = delivery_verify(delivery, &err) == HEDUI_E_FORMAT;
    delivery_close(delivery);
    return is_found;
}

TEST(damage_is_found)
{
    enum { ROWS = 6000 };
    static struct fact facts[ROWS];
    struct delivery_spec spec = spec_plain();
    struct sealed sealed;
    struct stat st;
    bool by_verify;

    for (size_t r = 0; r < ROWS; r++)
        fact_draw(&facts[r], 500, r + 2);
    seal(&sealed, &spec, facts, ROWS, 2);
    T_EQ(stat(sealed.path, &st), 0);
    T_ROW("a whole file is good");
    T_TRUE(!is_damage_found(sealed.path, &by_verify));
    T_TRUE(!by_verify);
    for (off_t at = 0; at < st.st_size; at += at < 4096 ? 97 : 7919) {
        T_ROW("a flipped bit is found, wherever");
        file_change(sealed.path, at, false);
        is_damage_found(sealed.path, &by_verify);
        T_TRUE(by_verify);
        file_change(sealed.path, at, false);
    }
    T_ROW("a flipped bit in the columns is found by reading");
    file_change(sealed.path, st.st_size / 2, false);
    T_TRUE(is_damage_found(sealed.path, &by_verify));
    file_change(sealed.path, st.st_size / 2, false);
    T_ROW("a cut file is refused");
    file_change(sealed.path, st.st_size - 1, true);
    T_TRUE(is_damage_found(sealed.path, &by_verify));
    file_change(sealed.path, 40, true);
    T_TRUE(is_damage_found(sealed.path, &by_verify));
}

TEST(covered_months_and_partial)
{
    enum { FEB_27 = 20146, FEB_28, JAN_31 = 20119 }; /* of 2025, in days */
    static const struct {
        const char *belief;
        int32_t as_of;
        uint32_t stray; /* rows of December 1998, beside 100 each of January and February 2025 */
        bool has_covers;
        uint32_t months;
        int32_t first;
        uint32_t unfinished, few;
        uint64_t unplaced; /* of 1,000,000 physical rows; 5,000 are allowed */
        bool is_partial;
    } rows[] = {
        {"a stray month covers nothing",            FEB_28, 9,  false, 2,  24300, 0,  1, 5000, false},
        {"a tenth of the fullest covers",           FEB_28, 10, false, 3,  23988, 0,  0, 5001, true },
        {"a month that is not over covers nothing", FEB_27, 9,  false, 1,  24300, 1,  1, 0,    false},
        {"nor does one that is still to come",      JAN_31, 10, false, 2,  23988, 1,  0, 0,    false},
        {"--covers wins",                           FEB_28, 9,  true,  12, 24312, 12, 0, 0,    false},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        static struct fact facts[220];
        struct delivery_spec spec = spec_plain();
        struct months_left unfinished, few;
        struct builder *builder = NULL;
        struct pool *pool = NULL;
        struct delivery *delivery;
        struct digest digest;
        struct err err;
        hedui_status fed;
        size_t n = 200 + rows[i].stray;
        struct balance balance = {.physical = 1000000, .accepted = n, .unplaced = rows[i].unplaced};
        char path[256], hex[65];

        T_ROW(rows[i].belief);
        for (size_t r = 0; r < n; r++) {
            fact_draw(&facts[r], 20, r + 2);
            facts[r].state[F_MONTH] = CELL_VALUE;
            facts[r].number[F_MONTH] = r < 100 ? 24300 : r < 200 ? 24301 : 23988;
        }
        spec.as_of = rows[i].as_of;
        spec.has_covers = rows[i].has_covers;
        spec.covers_from = 24312;
        spec.covers_until = 24323;
        balance.refused = 1000000 - n;
        T_OK(pool_open(&pool, 1, &err), &err);
        T_OK(builder_open(&builder, &spec, key, 1, &err), &err);
        facts_feed(builder, facts, n, 1, &fed, &err);
        T_OK(fed, &err);
        T_OK(builder_seal(builder, pool, NULL, NULL, 0, &balance, true, &digest, &err), &err);
        builder_months_left(builder, &unfinished, &few);
        T_EQ(unfinished.months, rows[i].unfinished);
        T_EQ(unfinished.rows, rows[i].has_covers ? 0 : rows[i].unfinished * 100);
        T_EQ(few.months, rows[i].few);
        T_EQ(few.rows, rows[i].few * rows[i].stray);
        builder_close(builder);
        pool_close(pool);
        digest_hex(&digest, hex);
        snprintf(path, sizeof path, "%s/%s.hdl", deliveries_dir(), hex);
        delivery = open_good(path);
        T_EQ(delivery_info(delivery)->month_count, rows[i].months);
        T_EQ(delivery_info(delivery)->months[0], rows[i].first);
        T_EQ(delivery_info(delivery)->is_partial, rows[i].is_partial);
        delivery_close(delivery);
    }
}

TEST(refused_rows_are_listed_by_person)
{
    struct delivery_spec spec = spec_plain();
    struct builder *builder = NULL;
    struct pool *pool = NULL;
    struct delivery *delivery;
    struct digest digest;
    struct err err;
    struct balance balance = {.physical = 100, .refused = 100};
    struct key128 before = {0, 0}, person;
    char path[256], hex[65];
    bool has_owner;

    T_OK(pool_open(&pool, 2, &err), &err);
    T_OK(builder_open(&builder, &spec, key, 2, &err), &err);
    for (uint32_t i = 0; i < 100; i++) {
        struct refusal refusal = {.file = i % 3, .line = 1000 - i, .has_owner = i % 10 != 0};
        refusal.owner.key = test_person(i / 2);
        T_OK(builder_refused(builder, i % 2, &refusal, &err), &err);
    }
    T_OK(builder_seal(builder, pool, NULL, NULL, 0, &balance, true, &digest, &err), &err);
    builder_close(builder);
    pool_close(pool);
    digest_hex(&digest, hex);
    snprintf(path, sizeof path, "%s/%s.hdl", deliveries_dir(), hex);
    delivery = open_good(path);
    T_EQ(delivery_refused_count(delivery), 100);
    for (uint32_t i = 0; i < 100; i++) {
        struct locator at = delivery_refused_at(delivery, i);
        struct key128 owner = delivery_refused_owner(delivery, i, &has_owner);
        uint32_t number = 1000 - (uint32_t)at.line;
        T_ROW("in the order of pseudonyms, the ownerless at the end");
        T_TRUE(owner.hi > before.hi || (owner.hi == before.hi && owner.lo >= before.lo));
        before = owner;
        T_ROW("who and where are as they were");
        T_EQ(has_owner, number % 10 != 0);
        T_EQ(has_owner, i < 90);
        T_EQ(at.file, number % 3);
        person = test_person(number / 2);
        keyer_pseudonyms(keyer, &person, &person, 1);
        if (has_owner)
            T_EQ(owner.hi, person.hi);
    }
    delivery_close(delivery);
}

TEST(past_the_memory_limit_is_an_answer)
{
    enum { ROWS = 40000 };
    static struct fact facts[ROWS];
    struct delivery_spec spec = spec_plain();
    struct builder *builder = NULL;
    struct err err;
    hedui_status fed;

    T_ROW("the sentence names the option");
    for (size_t r = 0; r < ROWS; r++)
        fact_draw(&facts[r], 40000, r + 2);
    spec.memory = (size_t)32 << 10;
    T_OK(builder_open(&builder, &spec, key, 1, &err), &err);
    facts_feed(builder, facts, ROWS, 1, &fed, &err);
    T_EQ(fed, HEDUI_E_LIMIT);
    T_TRUE(strstr(err.text, "--memory") != NULL);
    builder_close(builder);
}

TEST(rows_past_the_memory_go_by_the_disk_and_change_no_byte)
{
    enum { ROWS = 400000 };
    static struct fact facts[ROWS];
    static const struct {
        const char *belief;
        size_t memory;
        uint32_t lanes;
    } rows[] = {
        {"all in memory",             (size_t)1 << 30,  2},
        {"several runs of one lane",  (size_t)24 << 20, 1},
        {"several runs of two lanes", (size_t)24 << 20, 2},
    };
    struct digest first = {{0}};

    for (size_t r = 0; r < ROWS; r++)
        fact_draw(&facts[r], 40000, r + 2);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct delivery_spec spec = spec_plain();
        struct sealed sealed;

        T_ROW(rows[i].belief);
        spec.memory = rows[i].memory;
        seal(&sealed, &spec, facts, ROWS, rows[i].lanes);
        if (i == 0)
            first = sealed.digest;
        T_EQ(memcmp(&sealed.digest, &first, sizeof first), 0);
    }
}

TEST(another_model_or_key_is_refused)
{
    static struct code fewer_codes[] = {
        {W("a"), W("甲"), W("")},
        {W("b"), W("乙"), W("")},
        {W("c"), W("丙"), W("")},
        {W("d"), W("丁"), W("")}
    };
    static struct code_list grown = {W("letters"), 4, fewer_codes};
    struct delivery_spec spec = spec_plain();
    struct fact fact;
    struct sealed sealed;
    struct delivery *delivery = NULL;
    struct err err;

    fact_draw(&fact, 1, 2);
    fact.line = 2;
    seal(&sealed, &spec, &fact, 1, 1);
    T_ROW("another key");
    T_EQ(delivery_open(&delivery, sealed.path, &test_model, 1, &err), HEDUI_E_FORMAT);
    T_ROW("a field of another scale");
    test_fields[F_SHARE].scale = 3;
    T_EQ(delivery_open(&delivery, sealed.path, &test_model, master_key_id(key), &err),
         HEDUI_E_FORMAT);
    T_TRUE(strstr(err.text, "share") != NULL);
    test_fields[F_SHARE].scale = 4;
    T_ROW("a code list in another order");
    test_codes[0].name = TEXT("b");
    test_codes[1].name = TEXT("a");
    T_EQ(delivery_open(&delivery, sealed.path, &test_model, master_key_id(key), &err),
         HEDUI_E_FORMAT);
    test_codes[0].name = TEXT("a");
    test_codes[1].name = TEXT("b");
    T_ROW("a code list that grew at its end is no other");
    test_fields[F_CODE].codes = &grown;
    T_OK(delivery_open(&delivery, sealed.path, &test_model, master_key_id(key), &err), &err);
    test_fields[F_CODE].codes = &test_list;
    delivery_close(delivery);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_delivery_answers_what_was_fed),
        T(columns_do_not_depend_on_threads_or_order),
        T(rows_collapse_only_under_a_dedupe_key),
        T(damage_is_found),
        T(covered_months_and_partial),
        T(refused_rows_are_listed_by_person),
        T(past_the_memory_limit_is_an_answer),
        T(rows_past_the_memory_go_by_the_disk_and_change_no_byte),
        T(another_model_or_key_is_refused),
    };
    struct err err;
    int failed = 1;

    test_dir_make();
    if (master_key_open(&key, test_dir, NULL, NULL, &err) == HEDUI_OK &&
        keyer_open(&keyer, key, &err) == HEDUI_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else
        fprintf(stderr, "%s\n", err.text);
    keyer_close(keyer);
    master_key_close(key);
    test_dir_remove();
    return failed;
}
