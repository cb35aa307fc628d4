/* SPDX-License-Identifier: Apache-2.0 */
/* vector_gather.c: the households of a block side by side, as columns of what the program reads. */
#include "engine/model/value.h"
#include "engine/rule/bind.h"
#include "engine/rule/brief.h"

#include "engine/base/ban.h"

struct gather {
    const struct vector_program *p;
    struct vector_block *block;
    const struct household *households;
    uint32_t count;
    bool is_used[2 + 2 * KINDS_MAX]; /* domain */
    int32_t day, month;              /* of the day that was last asked for: mostly the same */
};

static void
domains_find(struct gather *g)
{
    g->is_used[VECTOR_CASES] = g->is_used[VECTOR_MEMBERS] = true;
    for (uint32_t i = 0; i < g->p->input_count; i++)
        g->is_used[g->p->inputs[i].domain] = true;
    for (uint32_t i = 0; i < g->p->op_count; i++)
        g->is_used[g->p->ops[i].domain] = true;
}

/* Elements of a domain that lie below one case (things) or one member (rows). */
static uint32_t
elements_of(const struct gather *g, uint32_t domain, const struct household *h, uint32_t member)
{
    uint32_t kinds = g->p->pack->model->kind_count;

    if (domain == VECTOR_MEMBERS)
        return h->member_count;
    if (domain < 2 + kinds)
        return h->persons[member].lists == NULL ? 0
                                                : h->persons[member].lists[domain - 2].row_count;
    return h->things == NULL ? 0 : h->things[domain - 2 - kinds].thing_count;
}

/* Offsets and parents of one domain. */
static hedui_status
domain_lay(struct gather *g, uint32_t domain, struct arena *arena, struct err *err)
{
    struct vector_block *block = g->block;
    uint32_t parent = vector_parent(g->p->pack, domain), parents = block->counts[parent], at = 0,
             number = 0;

    block->firsts[domain] = arena_alloc(arena, (size_t)parents + 1, sizeof(uint32_t));
    if (block->firsts[domain] == NULL)
        return arena_full(arena, err);
    for (uint32_t c = 0; c < g->count; c++) {
        uint32_t each = parent == VECTOR_MEMBERS ? g->households[c].member_count : 1;

        for (uint32_t m = 0; m < each; m++) {
            uint32_t n = elements_of(g, domain, &g->households[c], m);

            if (n > vector_most(g->p->pack, domain)) {
                block->off[c] = 1;
                n = 0;
            }
            block->firsts[domain][number++] = at;
            at += n;
        }
    }
    block->firsts[domain][number] = at;
    block->counts[domain] = at;
    block->parents[domain] = arena_alloc(arena, at, sizeof(uint32_t));
    if (block->parents[domain] == NULL)
        return arena_full(arena, err);
    for (uint32_t p = 0; p < parents; p++)
        for (uint32_t i = block->firsts[domain][p]; i < block->firsts[domain][p + 1]; i++)
            block->parents[domain][i] = p;
    return HEDUI_OK;
}

/* May the rows behind this open end lie within a window that the program looks through? */
static bool
open_matters(struct gather *g, const struct household *h, uint32_t kind,
             const struct open_end *open)
{
    const struct vector_program *p = g->p;

    for (uint32_t i = 0; i < p->window_count[kind]; i++) {
        const struct vector_window *window = &p->windows[kind][i];
        const struct cell *day = window->day < 0 ? NULL : &h->case_cells[window->day];
        int64_t back;

        if (day == NULL || day->state != CELL_VALUE || open->month == MONTH_ANY)
            return true;
        if (g->day != day->number) {
            g->day = (int32_t)day->number;
            g->month = month_of_date(g->day);
        }
        back = g->month - open->month;
        if (back <= window->count && (open->is_earlier || back >= 1))
            return true;
    }
    return false;
}

static bool
is_stale(const struct vector_program *p, const struct person *person)
{
    const struct pack *pack = p->pack;
    uint32_t kinds = pack->model->kind_count;

    for (uint32_t s = 0; s < pack->source_count; s++)
        for (uint64_t left = pack->sources[s].kinds; left != 0; left &= left - 1)
            if (cover_is_stale(pack, &person->covers[s * kinds + (uint32_t)__builtin_ctzll(left)],
                               s, p->as_of))
                return true;
    return false;
}

/* Kinds whose list, of this person, is not all there or past its limit. */
static uint64_t
kinds_open(struct gather *g, const struct household *h, const struct person *person)
{
    uint64_t open = 0;

    for (uint64_t left = g->p->rows_read | g->p->things_read; left != 0; left &= left - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(left);
        bool is_open = list_excess(h, person, k) > 0;
        for (uint32_t i = 0; i < person->lists[k].open_count && !is_open; i++)
            is_open = open_matters(g, h, k, &person->lists[k].opens[i]);
        open |= (uint64_t)is_open << k;
    }
    return open;
}

/* Whose lists are there, and which of them in full. */
static void
known_find(struct gather *g)
{
    for (uint32_t c = 0; c < g->count; c++) {
        const struct household *h = &g->households[c];
        bool is_off = h->checked_on != g->p->as_of || (g->p->things_read != 0 && h->things == NULL);

        for (uint32_t i = 0; i < h->person_count && !is_off; i++) {
            const struct person *person = &h->persons[i];

            is_off = person->lists == NULL || person->covers == NULL || is_stale(g->p, person);
            if (!is_off && i < h->member_count)
                g->block->open[c] |= kinds_open(g, h, person);
        }
        g->block->off[c] = is_off;
    }
}

struct gathered { /* one element of a domain */
    const struct cell *cells;
    const struct person *person;
    const struct household_row *row;
};

/* One part of an element. false: not known, or past what the program reckons with. */
static bool
part_take(const struct vector_input *input, const struct gathered *from, int64_t *number,
          bool *is_none)
{
    const struct cell *cell;

    *is_none = false;
    *number = 0;
    switch (input->part.kind) {
    case PART_CELL:
        cell = &from->cells[input->part.number];
        *is_none = cell->state == CELL_NONE;
        if (cell->state == CELL_VALUE)
            *number = cell->number;
        else if (!*is_none)
            return false;
        break;
    case PART_BORN:
        *number = from->person->born;
        if (!from->person->has_born)
            return false;
        break;
    case PART_SEX:
        *number = from->person->is_male ? 0 : 1;
        if (!from->person->has_sex)
            return false;
        break;
    case PART_MATCH:
        *number = (int64_t)from->row->match;
        break;
    default:
        *number = from->row->seen;
        break;
    }
    return input->most == 0 || (*number <= input->most && *number >= -input->most);
}

static struct gathered
gathered_of(const struct gather *g, uint32_t domain, const struct household *h, uint32_t member,
            uint32_t at)
{
    uint32_t kinds = g->p->pack->model->kind_count;

    if (domain == VECTOR_CASES)
        return (struct gathered){.cells = h->case_cells};
    if (domain == VECTOR_MEMBERS)
        return (struct gathered){.cells = h->persons[at].cells, .person = &h->persons[at]};
    if (domain < 2 + kinds) {
        const struct household_row *row = &h->persons[member].lists[domain - 2].rows[at];
        return (struct gathered){row->cells, &h->persons[member], row};
    }
    const struct household_thing *thing = &h->things[domain - 2 - kinds].things[at];
    return (struct gathered){thing->cells, &h->persons[thing->rows[0]->person], thing->rows[0]};
}

/* The columns of all inputs of one domain. */
static void
domain_fill(struct gather *g, uint32_t domain)
{
    struct vector_block *block = g->block;
    uint32_t parent = vector_parent(g->p->pack, domain), at = 0, number = 0;

    for (uint32_t c = 0; c < g->count; c++) {
        uint32_t each =
            domain != VECTOR_CASES && parent == VECTOR_MEMBERS ? g->households[c].member_count : 1;

        for (uint32_t m = 0; m < each; m++, number++) {
            uint32_t n = domain == VECTOR_CASES
                             ? 1
                             : block->firsts[domain][number + 1] - block->firsts[domain][number];

            for (uint32_t e = 0; e < n; e++, at++) {
                struct gathered from = gathered_of(g, domain, &g->households[c], m, e);

                for (uint32_t i = 0; i < g->p->input_count; i++) {
                    bool is_none;

                    if (g->p->inputs[i].domain != domain)
                        continue;
                    if (!part_take(&g->p->inputs[i], &from, &block->numbers[i][at], &is_none)) {
                        block->numbers[i][at] = 0;
                        block->unknown[c] |= UINT64_C(1) << i;
                    }
                    if (block->nones[i] != NULL)
                        block->nones[i][at] = is_none;
                }
            }
        }
    }
}

static hedui_status
columns_make(struct gather *g, struct arena *arena, struct err *err)
{
    struct vector_block *block = g->block;

    for (uint32_t i = 0; i < g->p->input_count; i++) {
        uint32_t n = block->counts[g->p->inputs[i].domain];

        block->numbers[i] = arena_alloc(arena, n, sizeof(int64_t));
        if (g->p->inputs[i].is_none_read)
            block->nones[i] = arena_alloc(arena, n, 1);
        if (block->numbers[i] == NULL || (g->p->inputs[i].is_none_read && block->nones[i] == NULL))
            return arena_full(arena, err);
    }
    return HEDUI_OK;
}

hedui_status
vector_block_make(struct vector_block *out, const struct vector_program *program, uint32_t cases,
                  struct arena *arena, struct err *err)
{
    *out = (struct vector_block){
        .counts = arena_alloc(arena, program->domain_count, sizeof *out->counts),
        .firsts = arena_alloc(arena, program->domain_count, sizeof *out->firsts),
        .parents = arena_alloc(arena, program->domain_count, sizeof *out->parents),
        .numbers = arena_alloc(arena, program->input_count, sizeof *out->numbers),
        .nones = arena_alloc(arena, program->input_count, sizeof *out->nones),
        .off = arena_alloc(arena, cases, 1),
        .unknown = arena_alloc(arena, cases, sizeof *out->unknown),
        .open = arena_alloc(arena, cases, sizeof *out->open)};
    if (out->counts == NULL || out->firsts == NULL || out->parents == NULL ||
        out->numbers == NULL || out->nones == NULL || out->off == NULL || out->unknown == NULL ||
        out->open == NULL)
        return arena_full(arena, err);
    out->counts[VECTOR_CASES] = cases;
    return HEDUI_OK;
}

hedui_status
vector_gather(struct vector_block *out, const struct vector_program *program,
              const struct household *households, uint32_t count, struct arena *arena,
              struct err *err)
{
    struct gather g = {.p = program,
                       .block = out,
                       .households = households,
                       .count = count,
                       .month = month_of_date(0)}; /* of day 0 */

    TRY(vector_block_make(out, program, count, arena, err));
    domains_find(&g);
    known_find(&g);
    for (uint32_t d = VECTOR_MEMBERS; d < program->domain_count; d++)
        if (g.is_used[d])
            TRY(domain_lay(&g, d, arena, err));
    TRY(columns_make(&g, arena, err));
    for (uint32_t d = VECTOR_CASES; d < program->domain_count; d++)
        if (g.is_used[d])
            domain_fill(&g, d);
    return HEDUI_OK;
}

void
vector_lane_init(struct vector_lane *lane)
{
    *lane = (struct vector_lane){0};
    arena_init(&lane->arena, "program", 0, false);
}

void
vector_lane_release(struct vector_lane *lane)
{
    vector_space_release(&lane->space);
    arena_release(&lane->arena);
}

const struct vector_program *
vector_lane_program(struct vector_lane *lane, const struct pack *pack, int32_t day)
{
    if (lane->pack == pack && lane->program != NULL && lane->program->as_of == day)
        return lane->program;
    arena_reset(&lane->arena);
    lane->pack = pack;
    lane->program = vector_compile(pack, day, &lane->arena);
    if (lane->program != NULL)
        brief_plan(lane->program);
    return lane->program;
}

hedui_status
vector_lane_answer(struct vector_lane *lane, const struct pack *pack,
                   const struct household *households, uint32_t count, struct arena *arena,
                   struct err *err)
{
    if (vector_lane_program(lane, pack, households[0].checked_on) == NULL)
        return HEDUI_OK;
    TRY(vector_gather(&lane->block, lane->program, households, count, arena, err));
    if (!vector_run(lane->program, &lane->block, &lane->space))
        return err_set(err, HEDUI_E_MEMORY,
                       "内存不足，无法测算\nno memory left for what the rules compute");
    return HEDUI_OK;
}

void
vector_lane_tell(const struct vector_lane *lane, uint32_t at, struct run *run)
{
    const struct pack *pack = run->pack;
    struct value value;

    if (lane->program == NULL || lane->block.off[at] || run->as_of != lane->program->as_of)
        return;
    for (uint32_t i = 0; i < pack->home_fact_count; i++) {
        if (lane->program->facts[i] < 0 ||
            !vector_is_known(lane->program, &lane->block, lane->program->facts[i], at) ||
            !vector_value(lane->program, &lane->space, lane->program->facts[i], at,
                          pack->facts[pack->home_facts[i]].type, &value))
            continue;
        run->slots[slot_fact(pack, i)] = value;
        run->slot_states[slot_fact(pack, i)] = run->generation;
    }
}

/* Of a bool over cases: 1, 0; −1: not here, or not known of this case. */
static int
bool_of(const struct vector_lane *lane, int32_t reg, uint32_t at)
{
    if (reg < 0 || !lane->program->regs[reg].is_bool ||
        lane->program->regs[reg].domain != VECTOR_CASES ||
        !vector_is_known(lane->program, &lane->block, reg, at))
        return -1;
    return ((const uint8_t *)lane->space.regs[reg])[at] != 0;
}

int
vector_lane_rule(const struct vector_lane *lane, uint32_t at, uint32_t rule, int32_t as_of)
{
    const struct vector_program *program = lane->program;
    int fires;

    if (program == NULL || program->as_of != as_of)
        return -1;
    fires = bool_of(lane, program->rules[rule], at);
    for (uint32_t u = 0; u < program->pack->rules[rule].unless_count && fires > 0; u++) {
        int lifted = bool_of(lane, program->unless[rule][u], at);

        if (lifted < 0)
            return -1;
        fires = !lifted;
    }
    return fires;
}
