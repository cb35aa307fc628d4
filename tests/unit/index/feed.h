/* SPDX-License-Identifier: Apache-2.0 */
/* feed.h: a kind with a field of every type, and random rows of it that a test keeps in plain
 * structs: what a delivery must answer. */
#ifndef HEDUI_TESTS_INDEX_FEED_H
#define HEDUI_TESTS_INDEX_FEED_H

#include "tests/folder.h"

#include "engine/base/buf.h"
#include "engine/index/build.h"
#include "engine/index/mask.h"
#include "engine/model/name.h"

enum {
    F_OWNER,
    F_NAME,
    F_TEXT,
    F_SECRET,
    F_CODE,
    F_DATE,
    F_MONTH,
    F_MONEY,
    F_SHARE,
    F_INT,
    F_BOOL,
    F_OTHER,
    F_COUNT
};

#define W(literal)                                                                                 \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    } /* TEXT() for what is static */
static struct code test_codes[] = {
    {W("a"), W("甲"), W("")},
    {W("b"), W("乙"), W("")},
    {W("c"), W("丙"), W("")}
};
static struct code_list test_list = {W("letters"), 3, test_codes};
static struct field test_fields[F_COUNT] = {
    [F_OWNER] = {.name = W("owner"),   .type = FIELD_IDENTITY},
    [F_NAME] = {.name = W("name"),    .type = FIELD_NAME    },
    [F_TEXT] = {.name = W("payer"),   .type = FIELD_TEXT    },
    [F_SECRET] = {.name = W("plate"),   .type = FIELD_TEXT,     .is_sensitive = true},
    [F_CODE] = {.name = W("letter"),                    .type = FIELD_CODE,                        .codes = &test_list},
    [F_DATE] = {.name = W("day"), .type = FIELD_DATE},
    [F_MONTH] = {.name = W("month"),  .type = FIELD_MONTH,                         .is_period = true},
    [F_MONEY] = {.name = W("amount"),.type = FIELD_MONEY},
    [F_SHARE] = {.name = W("share"),
                 .type = FIELD_DECIMAL,
                 .scale = 4,
                 .has_min = true,
                 .has_max = true,
                 .min = -5,
                 .max = 10000},
    [F_INT] = {.name = W("count"),   .type = FIELD_INT                       },
    [F_BOOL] = {.name = W("is"),      .type = FIELD_BOOL                             },
    [F_OTHER] = {.name = W("guardian"),         .type = FIELD_IDENTITY                              },
};
static struct kind test_kind = {
    .name = W("thing"),
    .list = W("things"),
    .limit = 50,
    .owner = F_OWNER,
    .owner_name = F_NAME,
    .period = F_MONTH,
    .share = -1,
    .field_count = F_COUNT,
    .fields = test_fields,
};
static struct model test_model
    __attribute__((unused)) = {.name = W("test/1"), .kind_count = 1, .kinds = &test_kind};

struct fact { /* one row as it was */
    struct key128 owner, other;
    char name[24], text[40], secret[40];
    int64_t number[F_COUNT];
    uint8_t state[F_COUNT];
    uint32_t file;
    uint64_t line;
    bool is_seen;
};

static uint64_t test_seed = 1;
static uint64_t
draw(uint64_t below)
{
    test_seed = test_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (test_seed >> 33) % below;
}

static struct key128
test_person(uint64_t number)
{
    return (struct key128){(uint64_t)IDENTITY_CITIZEN << 56, UINT64_C(329901190001010000) + number};
}

static void __attribute__((unused)) fact_draw(struct fact *fact, uint64_t persons, uint64_t line)
{
    static const char *const names[] = {"王小明", "欧阳娜娜", "李四", "阿卜杜拉·买买提", "ANNA"};
    uint64_t person = draw(persons);

    memset(fact, 0, sizeof *fact);
    fact->owner = test_person(person);
    fact->other = test_person(draw(persons));
    snprintf(fact->name, sizeof fact->name, "%s", names[draw(20) == 0 ? draw(5) : person % 5]);
    snprintf(fact->text, sizeof fact->text, "913205810000MA1%llu", (unsigned long long)draw(300));
    snprintf(fact->secret, sizeof fact->secret, draw(5) == 0 ? "苏A%03llu" : "62220000%012llu",
             (unsigned long long)draw(1000));
    fact->number[F_CODE] = (int64_t)draw(3);
    fact->number[F_DATE] = (int64_t)draw(40000) - 20000;
    fact->number[F_MONTH] = 2025 * 12 + (int64_t)draw(12);
    fact->number[F_MONEY] = draw(50) == 0 ? -1000000000000 : (int64_t)draw(3000000);
    fact->number[F_SHARE] = (int64_t)draw(10006) - 5;
    fact->number[F_INT] =
        draw(9) == 0 ? INT64_MIN + (int64_t)draw(3) : INT64_MAX - (int64_t)draw(3);
    fact->number[F_BOOL] = (int64_t)draw(2);
    for (int f = 1; f < F_COUNT; f++)
        if (draw(7) == 0)
            fact->state[f] = (uint8_t)(1 + draw(2));
    if (draw(2) == 0)
        fact->state[F_MONEY] = CELL_VALUE;
    fact->line = line;
    fact->file = (uint32_t)draw(2);
}

/* facts[n] to the builder in batches of up to BATCH_ROWS of one file, round robin over lanes. */
static void __attribute__((unused))
facts_feed(struct builder *builder, const struct fact *facts, size_t n, uint32_t lanes,
           hedui_status *status, struct err *err)
{
    static struct text texts[3][BATCH_ROWS];
    static uint8_t states[F_COUNT][BATCH_ROWS];
    static int64_t numbers[F_COUNT][BATCH_ROWS];
    static struct identity identities[2][BATCH_ROWS];
    static uint64_t lines[BATCH_ROWS];
    struct batch_column columns[F_COUNT];
    struct batch batch = {.kind = &test_kind, .line = lines, .columns = columns};
    uint32_t lane = 0;

    *status = HEDUI_OK;
    for (int f = 0; f < F_COUNT; f++) {
        int text = f == F_NAME ? 0 : f == F_TEXT ? 1 : f == F_SECRET ? 2 : -1;
        bool is_id = f == F_OWNER || f == F_OTHER;
        columns[f] = (struct batch_column){states[f], text < 0 && !is_id ? numbers[f] : NULL,
                                           text >= 0 ? texts[text] : NULL,
                                           is_id ? identities[f == F_OTHER] : NULL};
    }
    for (size_t i = 0; i < n && *status == HEDUI_OK; lane = (lane + 1) % lanes) {
        uint32_t rows = 0;
        batch.file = facts[i].file;
        batch.piece = i;
        for (; i < n && rows < BATCH_ROWS && facts[i].file == batch.file; i++, rows++) {
            const struct fact *fact = &facts[i];
            for (int f = 0; f < F_COUNT; f++) {
                bool is_value = fact->state[f] == CELL_VALUE;
                states[f][rows] = fact->state[f];
                numbers[f][rows] = is_value ? fact->number[f] : 0;
            }
            identities[0][rows].key = fact->owner;
            identities[1][rows].key = fact->other;
            texts[0][rows] = text_of(fact->state[F_NAME] ? "" : fact->name);
            texts[1][rows] = text_of(fact->state[F_TEXT] ? "" : fact->text);
            texts[2][rows] = text_of(fact->state[F_SECRET] ? "" : fact->secret);
            lines[rows] = fact->line;
        }
        batch.rows = rows;
        *status = builder_rows(builder, lane, &batch, err);
    }
}

static char test_dir[FOLDER_PATH];
static struct ring *test_ring; /* of the folder */
static void
test_dir_make(void)
{
    char path[FOLDER_PATH + 16];
    struct err err;

    folder_make(test_dir, "index");
    snprintf(path, sizeof path, "%s/key.ring", test_dir);
    T_OK(ring_make(path, 20000, &err), &err);
    T_OK(ring_open(&test_ring, path, &err), &err);
}

static void
test_dir_remove(void)
{
    ring_close(test_ring);
    folder_remove(test_dir);
}

#endif
