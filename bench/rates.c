/* SPDX-License-Identifier: Apache-2.0 */
/* rates.c: in one process and on one thread, what a whole run hides.
 *
 *   rates DATA MODEL MAPPING BATCH PACK q3|q3-brief COUNT
 *       one household of the batch at a time, drawn at random: match, household, all findings with
 *       the values they compare, or (q3-brief) outcome, reasons and figures; microseconds, p50, p99
 *   rates DATA MODEL MAPPING BATCH PACK r SECONDS
 *       the rules as one program over columns of 1,024 households: households a second from lists
 *       (rows of all members) and from figures alone to outcome and fired rules; checked against
 *       the judge first, household by household */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/feed/read.h"
#include "engine/rule/finding.h"
#include "engine/run/verify.h"

#define BLOCK 1024
#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != HEDUI_OK) {                                                                  \
            fprintf(stderr, "%s\n", err.text);                                                     \
            exit(2);                                                                               \
        }                                                                                          \
    } while (0)

struct bench {
    struct arena arena, block;
    struct world *world;
    struct pack *pack;
    struct pool *pool;
    struct keyer *keyer;
    struct application_reader *reader;
    struct application_set set;
};

static struct err err;

static hedui_status
rows_take(void *context, uint32_t lane, const struct batch *batch, struct err *e)
{
    return application_reader_rows(context, lane, batch, e);
}

static hedui_status
refused_take(void *context, uint32_t lane, const struct refusal *refusal, struct err *e)
{
    return application_reader_refused(context, lane, refusal, e);
}

static void
bench_open(struct bench *b, char **argv)
{
    struct world_options options = {
        .data = argv[1], .model = argv[2], .must_exist = true, .has_snapshot = true};
    struct application_defaults defaults = {0};
    const char *batch = argv[4];
    struct messages messages;
    struct mapping *mapping;
    struct feed_report report;

    arena_init(&b->arena, "bench", 0, true);
    arena_init(&b->block, "block", 0, true);
    messages_init(&messages, &b->arena);
    MUST(pool_open(&b->pool, 1, &err));
    MUST(world_open(&b->world, &options, &messages, &err));
    MUST(pack_load(&b->pack, argv[5], b->world->model, &messages, &b->arena, &err));
    MUST(mapping_load(&mapping, argv[3], b->world->model, &messages, &b->arena, &err));
    MUST(keyer_open(&b->keyer, b->world->key, &err));
    MUST(application_reader_open(&b->reader, b->world->model, &defaults, 1, &b->arena, &err));
    struct feed_sink sink = {.context = b->reader, .rows = rows_take, .refused = refused_take};
    struct feed_job job = {
        .mapping = mapping, .paths = &batch, .path_count = 1, .pool = b->pool, .is_dry = true};
    MUST(feed_read(&report, &job, &sink, &b->arena, &err));
    MUST(application_reader_finish(b->reader, &b->set, &err));
}

static uint64_t
now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int
by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* A whole number from 1 to `most`; anything else ends the program. */
static uint32_t
number_read(const char *word, uint32_t most)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(word, &end, 10);
    if (word[0] < '0' || word[0] > '9' || *end != 0 || errno != 0 || value < 1 || value > most) {
        fprintf(stderr, "'%s' is no whole number from 1 to %u\n", word, most);
        exit(2);
    }
    return (uint32_t)value;
}

static void
point(struct bench *b, uint32_t count, bool is_brief)
{
    uint64_t *ns = mem_resize(NULL, count, sizeof *ns), seed = 1, all = 0;
    struct vector_lane lane;
    struct verify_out out = {.wanted = is_brief ? 1u << VERIFY_FIGURES : 0, .vectors = &lane};

    if (ns == NULL)
        exit(2);
    vector_lane_init(&lane);
    buf_init(&out.texts[VERIFY_FIGURES], true);

    for (uint32_t i = 0; i < count; i++) {
        uint64_t begin;

        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        begin = now_ns();
        MUST(verify_block(&out, &b->set.items[(seed >> 33) % b->set.count], 1, b->world, b->pack,
                          b->keyer, &b->block, &err));
        arena_reset(&b->block);
        buf_reset(&out.texts[VERIFY_FIGURES]);
        ns[i] = now_ns() - begin;
        all += ns[i];
    }
    qsort(ns, count, sizeof *ns, by_size);
    printf("q3%s %u households: p50 %.1f us, p99 %.1f us, mean %.1f us, %.0f a second; met %llu, "
           "not_met %llu, incomplete %llu, review %llu\n",
           is_brief ? "-brief" : "", count, (double)ns[count / 2] / 1e3, (double)ns[count - count / 100 - 1] / 1e3,
           (double)all / count / 1e3, 1e9 * count / (double)all,
           (unsigned long long)out.outcomes[0], (unsigned long long)out.outcomes[1],
           (unsigned long long)out.outcomes[2], (unsigned long long)out.outcomes[3]);
    buf_release(&out.texts[VERIFY_FIGURES]);
    vector_lane_release(&lane);
    mem_free(ns);
}

/* Households of a block, as verify_block makes them. */
static struct household *
households_make(struct bench *b, uint32_t first, uint32_t count)
{
    uint32_t sources = pack_source_count(b->pack);
    struct text *names = arena_alloc(&b->arena, sources, sizeof *names);
    uint64_t *kinds = arena_alloc(&b->arena, sources, sizeof *kinds);
    uint64_t **allowed = arena_alloc(&b->arena, count, sizeof *allowed);
    struct match_set matches;
    struct household *out;

    for (uint32_t s = 0; s < sources; s++) {
        names[s] = pack_source(b->pack, s)->name;
        kinds[s] = pack_source(b->pack, s)->kinds;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t members = b->set.items[first + i].member_count;

        allowed[i] = arena_alloc(&b->arena, members, sizeof **allowed);
        for (uint32_t m = 0; m < members; m++)
            allowed[i][m] = UINT64_MAX >> (64 - sources);
    }
    struct match_request match = {.cases = &b->set.items[first],
                                  .case_count = count,
                                  .model = b->world->model,
                                  .snapshot = b->world->snapshot,
                                  .source_count = sources,
                                  .sources = names,
                                  .allowed = (const uint64_t *const *)allowed,
                                  .kinds_of = kinds};
    struct match_request *kept = arena_alloc(&b->arena, 1, sizeof *kept);
    *kept = match;
    struct household_request request = {.match = kept,
                                        .applicable = (const uint64_t *const *)allowed,
                                        .kinds_of = kinds,
                                        .months_back = pack_months_back(b->pack)};

    MUST(match_block(&matches, kept, b->keyer, &b->arena, &err));
    MUST(household_build(&out, &request, &matches, b->keyer, &b->arena, &err));
    return out;
}

struct blocks {
    uint32_t count;
    struct vector_block *items;
    uint64_t on_road, off;
};

/* What the rules fired must be what the walk says, for everyone on the road. */
static void
fired_check(struct bench *b, const struct vector_program *program, struct vector_block *block,
            const struct household *households, struct vector_space *space)
{
    uint64_t fired[BLOCK];
    bool is_whole;

    if (!vector_run(program, block, space))
        exit(2);
    vector_fired(program, block, space, fired, &is_whole);
    if (!is_whole) {
        fprintf(stderr, "some rule of the pack is not in the program\n");
        exit(2);
    }
    for (uint32_t c = 0; c < block->counts[VECTOR_CASES]; c++) {
        struct run run;

        if (!vector_is_decided(program, block, c))
            continue;
        MUST(run_open(&run, b->pack, &households[c], &b->block, &err));
        run.is_reference = true;
        for (uint32_t r = 0; r < b->pack->rule_count; r++) {
            struct value value = rule_value(&run, &b->pack->rules[r], NULL, NULL);

            if ((fired[c] >> r & 1) != (value.state == VALUE_KNOWN && value.boolean)) {
                fprintf(stderr, "rule %u of case %u differs from the reference walk\n", r, c);
                exit(2);
            }
        }
        arena_reset(&b->block);
    }
}

/* The outcome that the fired rules make of a household whose rows are all of final grade. */
static void
outcomes_of(const struct pack *pack, const uint64_t *fired, uint8_t *outcomes, uint32_t n)
{
    uint64_t holds = 0, denies = 0;

    for (uint32_t r = 0; r < pack->rule_count; r++) {
        if (pack->rules[r].kind == WHEN_HOLD)
            holds |= UINT64_C(1) << r;
        else if (pack->rules[r].kind == WHEN_DENY)
            denies |= UINT64_C(1) << r;
    }
    for (uint32_t i = 0; i < n; i++)
        outcomes[i] = (uint8_t)((fired[i] & holds) != 0    ? OUTCOME_REVIEW
                                : (fired[i] & denies) != 0 ? OUTCOME_NOT_MET
                                : fired[i] != 0            ? OUTCOME_REVIEW
                                                           : OUTCOME_MET);
}

static void
rate(struct bench *b, const struct blocks *blocks, const struct vector_program *program,
     bool is_rules_only, double seconds)
{
    struct vector_space space = {0};
    uint64_t fired[BLOCK], households = 0, begin, sum = 0, passes = 0;
    uint8_t outcomes[BLOCK];
    bool is_whole;
    double spent;

    if (!vector_run(program, &blocks->items[0], &space))
        exit(2);
    begin = now_ns();
    do {
        const struct vector_block *block =
            &blocks->items[is_rules_only ? 0 : passes % blocks->count];

        if (is_rules_only)
            vector_run_rules(program, block, &space);
        else if (!vector_run(program, block, &space))
            exit(2);
        vector_fired(program, block, &space, fired, &is_whole);
        outcomes_of(b->pack, fired, outcomes, block->counts[VECTOR_CASES]);
        sum += outcomes[passes % block->counts[VECTOR_CASES]];
        households += block->counts[VECTOR_CASES];
        passes++;
        spent = (double)(now_ns() - begin) / 1e9;
    } while (spent < seconds);
    printf("r %-12.*s %s: %.2f M households/s, one thread (%llu on the road, %llu off; %llu)\n",
           TEXT_ARG(pack_name(b->pack)),
           is_rules_only ? "figures to outcome" : "lists to outcome  ",
           (double)households / spent / 1e6, (unsigned long long)blocks->on_road,
           (unsigned long long)blocks->off, (unsigned long long)sum);
    vector_space_release(&space);
}

static void
rates(struct bench *b, double seconds)
{
    struct blocks blocks = {.count = b->set.count / BLOCK};
    struct vector_space space = {0};
    struct vector_program *program = vector_compile(b->pack, b->set.items[0].checked_on, &b->arena);

    if (blocks.count > 16)
        blocks.count = 16;
    if (blocks.count == 0 || program == NULL) {
        fprintf(stderr, "too few households, or nothing of the pack is in the program\n");
        exit(2);
    }
    blocks.items = arena_alloc(&b->arena, blocks.count, sizeof *blocks.items);
    for (uint32_t i = 0; i < blocks.count; i++) {
        struct household *households = households_make(b, i * BLOCK, BLOCK);

        MUST(vector_gather(&blocks.items[i], program, households, BLOCK, &b->arena, &err));
        fired_check(b, program, &blocks.items[i], households, &space);
        for (uint32_t c = 0; c < BLOCK; c++)
            blocks.off += !vector_is_decided(program, &blocks.items[i], c);
    }
    blocks.on_road = (uint64_t)blocks.count * BLOCK - blocks.off;
    rate(b, &blocks, program, false, seconds);
    rate(b, &blocks, program, true, seconds);
    vector_space_release(&space);
}

int
main(int argc, char **argv)
{
    struct bench bench = {0};
    uint32_t number;

    if (argc != 8 || (strcmp(argv[6], "q3") != 0 && strcmp(argv[6], "q3-brief") != 0 &&
                      strcmp(argv[6], "r") != 0)) {
        fprintf(stderr, "rates DATA MODEL MAPPING BATCH PACK q3|q3-brief|r COUNT|SECONDS\n");
        return 2;
    }
    number = number_read(argv[7], 100000000);
    bench_open(&bench, argv);
    if (strcmp(argv[6], "r") == 0)
        rates(&bench, number);
    else
        point(&bench, number, strcmp(argv[6], "q3-brief") == 0);
    keyer_close(bench.keyer);
    application_reader_close(bench.reader);
    arena_release(&bench.block);
    arena_release(&bench.arena);
    world_close(bench.world);
    pool_close(bench.pool);
    return 0;
}
