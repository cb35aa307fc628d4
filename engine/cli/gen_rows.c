/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_rows.h"

#include <string.h>

#include "engine/model/value.h"

#include "engine/base/ban.h"

enum {
    WHAT_DEATH = 4000,
    WHAT_PARTNER,
    WHAT_BENEFIT,
    WHAT_PENSION,
    WHAT_AID
}; /* dice of persons */

/* A cell writes its comma first. */

/* One of "甲|乙|丙"; a dirty row gets a word that no list knows. */
static void
code(struct gen_row *row, const char *words)
{
    uint32_t count = 1, wanted;

    if (row->dirt == DIRT_CODE) {
        row->dirt = DIRT_NONE;
        buf_str(&row->gen->out, ",未列明");
        return;
    }
    for (const char *at = words; *at != '\0'; at++)
        count += *at == '|';
    for (wanted = dice_below(row->dice, count); wanted > 0; wanted--)
        words = strchr(words, '|') + 1;
    buf_byte(&row->gen->out, ',');
    buf_put(&row->gen->out, words, strcspn(words, "|"));
}

static void
text(struct gen_row *row, const char *words)
{
    buf_byte(&row->gen->out, ',');
    buf_str(&row->gen->out, words);
}

/* `fen` from `low` on, below `low + width`. */
static int64_t
amount(struct gen_row *row, int64_t low, uint32_t width)
{
    int64_t fen = low + (int64_t)dice_below(row->dice, width);

    buf_byte(&row->gen->out, ',');
    dirt_amount(&row->gen->out, fen, row->dirt);
    if (row->dirt == DIRT_GROUPED || row->dirt == DIRT_NO_AMOUNT || row->dirt == DIRT_THIRD_DECIMAL)
        row->dirt = DIRT_NONE;
    return fen;
}

static void
amount_of(struct gen_row *row, int64_t fen)
{
    buf_byte(&row->gen->out, ',');
    dirt_amount(&row->gen->out, fen, DIRT_NONE);
}

static void
day(struct gen_row *row, int32_t at)
{
    buf_byte(&row->gen->out, ',');
    dirt_day(&row->gen->out, at, DIRT_NONE);
}

static void
month(struct gen_row *row, int32_t at)
{
    buf_byte(&row->gen->out, ',');
    dirt_month(&row->gen->out, at, DIRT_NONE);
}

/* A day of the `years` before the check. */
static int32_t
day_before(struct gen_row *row, uint32_t years)
{
    return row->gen->options->checked_on - 1 - (int32_t)dice_below(row->dice, years * 365);
}

static bool
one_in(struct gen_row *row, uint32_t n)
{
    return dice_below(row->dice, n) == 0;
}

static void
seed_note(struct gen_row *row, const char *what)
{
    buf_printf(&row->gen->seeded, "{\"what\":\"%s\",\"file\":\"%s\",\"row\":%llu}\n", what,
               row->gen->file, (unsigned long long)row->gen->row);
}

static void
other_put(struct gen_row *row, uint64_t number, bool has_name)
{
    struct resident other;

    resident_make(&other, row->gen->options->seed, number);
    text(row, other.id);
    if (has_name)
        text(row, other.name);
}

int32_t
resident_died(const struct gen_file *gen, uint64_t number)
{
    struct dice dice = dice_of(gen->options->seed, WHAT_DEATH, number);

    if (dice_below(&dice, 1000) >= 10)
        return INT32_MAX;
    return gen->options->checked_on - 20 - (int32_t)dice_below(&dice, 400);
}

/* The first two of every fifty, who apply together, except that the first of every twentieth
 * household is married to somebody outside it; most of the others to their neighbour. */
uint64_t
resident_partner(const struct gen_file *gen, uint64_t number)
{
    uint64_t household = number / RESIDENTS_PER_HOUSEHOLD, at = number % RESIDENTS_PER_HOUSEHOLD;
    struct dice dice = dice_of(gen->options->seed, WHAT_PARTNER, number);
    uint64_t partner = number;

    if (at == 0)
        partner = number + (household % 20 == 7 ? 40 : 1);
    else if (at >= 4 && at < 40 && at % 2 == 0 && dice_below(&dice, 10) < 7)
        partner = number + 1;
    return partner < gen->options->residents ? partner : number;
}

bool
is_old(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass)
{
    (void)number, (void)pass;
    return gen->options->checked_on - who->born >= 60 * 366;
}

bool
is_pupil(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass)
{
    (void)number, (void)pass;
    return gen->options->checked_on - who->born < 24 * 365;
}

bool
is_worker(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass)
{
    return !is_old(gen, who, number, pass) && gen->options->checked_on - who->born >= 18 * 366;
}

bool
is_dead(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass)
{
    (void)who, (void)pass;
    return resident_died(gen, number) != INT32_MAX;
}

bool
is_married(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass)
{
    (void)who, (void)pass;
    return resident_partner(gen, number) != number;
}

/* Paid until the month of death; every third of the dead is paid on. */
bool
is_paid(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t at)
{
    int32_t died = resident_died(gen, number);

    return is_old(gen, who, number, at) &&
           (died == INT32_MAX || at <= month_of_date(died) || number % 3 == 0);
}

/* Members of applying households; a hundredth of them draw a second benefit. */
bool
is_aided(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass)
{
    struct dice dice = dice_of(gen->options->seed, WHAT_BENEFIT, number);

    (void)who;
    return number % RESIDENTS_PER_HOUSEHOLD < 4 && (pass == 0 || dice_below(&dice, 100) == 0);
}

void
register_put(struct gen_row *row)
{
    static const char *const relations[] = {"户主", "妻", "长子", "母亲"};
    uint64_t at = row->number % RESIDENTS_PER_HOUSEHOLD;
    int32_t died = resident_died(row->gen, row->number);
    bool has_moved = died == INT32_MAX && one_in(row, 30);

    buf_printf(&row->gen->out, ",,329901%07llu",
               (unsigned long long)(row->number / RESIDENTS_PER_HOUSEHOLD * 20 + at / 4));
    if (row->dirt == DIRT_CODE)
        code(row, "");
    else
        text(row, relations[at % 4]);
    buf_printf(&row->gen->out, ",320581%03u", dice_below(row->dice, 12));
    code(row, "城镇|城镇|农村");
    code(row, "10|20|21|22|30|40|90");
    text(row, died != INT32_MAX ? "死亡注销" : has_moved ? "迁出" : "在册");
    day(row, date_of(1990, 1, 1) + (int32_t)dice_below(row->dice, 9000));
    if (died != INT32_MAX || has_moved)
        day(row, died != INT32_MAX ? died + 15 : day_before(row, 2));
    else
        text(row, "");
}

void
marriage_put(struct gen_row *row)
{
    bool is_ended = row->number % RESIDENTS_PER_HOUSEHOLD >= 4 && one_in(row, 8);

    if (one_in(row, 60))
        text(row, ",MARIA"); /* a foreign paper: no number */
    else
        other_put(row, resident_partner(row->gen, row->number), true);
    buf_printf(&row->gen->out, ",J329901-%llu", (unsigned long long)row->number);
    if (row->dirt == DIRT_CODE)
        code(row, "");
    else
        text(row, is_ended ? "离婚" : "结婚");
    day(row, date_of(1990, 1, 1) + (int32_t)dice_below(row->dice, 11000));
    if (is_ended)
        day(row, day_before(row, 5));
    text(row, is_ended ? one_in(row, 3) ? "判决" : "协议离婚" : ",");
    if (row->number % RESIDENTS_PER_HOUSEHOLD == 0 &&
        row->number / RESIDENTS_PER_HOUSEHOLD % 20 == 7)
        seed_note(row, "undeclared_spouse");
}

void
death_put(struct gen_row *row)
{
    int32_t died = resident_died(row->gen, row->number);

    day(row, died);
    day(row, died + 2);
    code(row, "殡仪馆|殡仪馆|医院");
}

void
contribution_put(struct gen_row *row)
{
    int64_t base;

    code(row, "110|110|310|120");
    month(row, row->month);
    base = amount(row, 425000, 1500000);
    amount_of(row, base * 8 / 100);
    text(row, one_in(row, 40) ? "是" : "否");
    text(row, "示例公司");
}

/* Residents' pensions hold the exempt basic part; every fiftieth row does not say how much it is.
 */
void
pension_put(struct gen_row *row)
{
    struct dice person = dice_of(row->gen->options->seed, WHAT_PENSION, row->number);
    bool is_resident = dice_below(&person, 3) > 0;
    int32_t died = resident_died(row->gen, row->number);

    if (row->dirt == DIRT_CODE)
        code(row, "");
    else
        text(row, is_resident ? "居民养老" : "企业养老");
    month(row, row->month);
    (void)amount(row, is_resident ? 26000 : 180000, is_resident ? 20000 : 250000);
    if (one_in(row, 50))
        text(row, "");
    else
        amount_of(row, is_resident ? 22500 : 0);
    text(row, one_in(row, 60) ? "是" : "否");
    text(row, ",示例社保中心");
    if (died != INT32_MAX && row->month > month_of_date(died))
        seed_note(row, "paid_after_death");
}

void
fund_put(struct gen_row *row)
{
    int64_t base;

    buf_printf(&row->gen->out, ",3299%08llu,示例公司", (unsigned long long)row->number);
    base = amount(row, 228000, 2500000);
    amount_of(row, base / 5);
    (void)amount(row, 0, 9000000);
    text(row, "");
    if (one_in(row, 8))
        amount_of(row, 20000000);
    else
        text(row, "");
    month(row, month_of_date(row->gen->options->checked_on) - 1);
    code(row, "正常|正常|正常|封存");
    day(row, row->gen->options->checked_on - 1);
}

void
business_put(struct gen_row *row)
{
    bool is_gone = one_in(row, 5);

    buf_printf(&row->gen->out, ",92320581MA%08u,示例商行",
               (unsigned)(row->number * 7 + (uint64_t)row->month) % 100000000);
    code(row, "个体工商户|个体工商户|有限责任公司");
    text(row, one_in(row, 2) ? "经营者" : "股东");
    (void)amount(row, 100, 3000); /* in 万元 */
    text(row, "");
    text(row, is_gone ? "吊销" : "存续");
    day(row, day_before(row, 12));
    if (is_gone)
        day(row, day_before(row, 2));
    else
        text(row, "");
}

void
securities_put(struct gen_row *row)
{
    buf_printf(&row->gen->out, ",示例证券,A%09llu", (unsigned long long)row->number);
    code(row, "股票|股票|基金|资金");
    uint32_t lots = dice_below(row->dice, 50); /* one throw a statement: compilers differ */
    buf_printf(&row->gen->out, ",60%04u,%u", dice_below(row->dice, 3000), lots * 100);
    (void)amount(row, 0, 3000000);
    text(row, "正常");
    day(row, row->gen->options->checked_on - 1);
}

/* Held by the insured, by his neighbour of the same household, or, at school, by nobody. */
void
insurance_put(struct gen_row *row)
{
    uint32_t holder = dice_below(row->dice, 4);
    uint64_t neighbour =
        (row->number ^ 1) < row->gen->options->residents ? row->number ^ 1 : row->number;

    if (holder == 3)
        text(row, ",示例小学");
    else
        other_put(row, holder == 2 ? neighbour : row->number, true);
    buf_printf(&row->gen->out, ",示例人寿,P%09llu", (unsigned long long)row->number);
    if (holder == 3 && row->dirt != DIRT_CODE)
        text(row, "学平险");
    else
        code(row, "寿险|年金|重疾险");
    (void)amount(row, 10000, 500000);
    amount_of(row, holder == 3 ? 0 : (int64_t)dice_below(row->dice, 4000000));
    text(row, "有效");
    day(row, day_before(row, 10));
    text(row, "终身");
}

void
disability_put(struct gen_row *row)
{
    uint32_t kind = 1 + dice_below(row->dice, 7), grade = 1 + dice_below(row->dice, 4);

    buf_printf(&row->gen->out, ",%s%u%u", row->who->id, kind, grade);
    if (row->dirt == DIRT_CODE)
        code(row, "");
    else
        buf_printf(&row->gen->out, ",%u", kind);
    buf_printf(&row->gen->out, ",%u", grade);
    day(row, day_before(row, 12));
    day(row, row->gen->options->checked_on - 400 + (int32_t)dice_below(row->dice, 3000));
    text(row, "有效");
}

void
veteran_put(struct gen_row *row)
{
    code(row, "残疾军人|参战|三属");
    text(row, "");
    text(row, one_in(row, 6) ? "护理费" : "生活补助");
    month(row, row->month);
    (void)amount(row, 60000, 150000);
}

void
payroll_put(struct gen_row *row)
{
    text(row, "示例单位");
    code(row, "公务员|事业编|村干部|公益岗|离退休");
    text(row, "工资");
    month(row, row->month);
    (void)amount(row, 200000, 700000);
}

void
subsidy_put(struct gen_row *row)
{
    code(row, "耕地地力保护补贴|高龄津贴|困难残疾人生活补贴|计划生育奖励扶助");
    month(row, row->month);
    (void)amount(row, 5000, 60000);
    buf_printf(&row->gen->out, ",6217%015llu", (unsigned long long)row->number);
    other_put(row, one_in(row, 10) ? resident_partner(row->gen, row->number) : row->number, false);
}

void
machine_put(struct gen_row *row)
{
    buf_printf(&row->gen->out, ",苏05-%06llu", (unsigned long long)row->number);
    code(row, "拖拉机|收割机|微耕机");
    uint32_t tenth = dice_below(row->dice, 10);
    buf_printf(&row->gen->out, ",%u.%u", 20 + dice_below(row->dice, 60), tenth);
    day(row, day_before(row, 15));
    (void)amount(row, 1000000, 9000000);
    amount_of(row, 300000);
    code(row, "正常|正常|正常|报废");
}

/* One in fifteen takes part of an earlier bill back. */
void
medical_put(struct gen_row *row)
{
    bool is_refund = one_in(row, 15);
    int64_t total, pooled;

    buf_printf(&row->gen->out, ",S%09llu%02u", (unsigned long long)row->number,
               (unsigned)(row->month % 100));
    code(row, "住院|门诊|慢特病");
    month(row, row->month);
    day(row, date_of(row->month / 12, row->month % 12 + 1, 1 + (int32_t)dice_below(row->dice, 28)));
    text(row, "示例医院");
    total = amount(row, 20000, is_refund ? 50000 : 6000000);
    pooled = total / 2;
    amount_of(row, pooled);
    amount_of(row, total / 10);
    amount_of(row, 0);
    text(row, "");
    amount_of(row, total - pooled - total / 10 - total / 20);
    amount_of(row, total / 20);
    text(row, is_refund ? "是" : "否");
}

void
education_put(struct gen_row *row)
{
    int32_t age = (row->gen->options->checked_on - row->who->born) / 366;

    text(row, "示例学校");
    if (row->dirt == DIRT_CODE)
        code(row, "");
    else
        text(row, age < 6    ? "幼儿园"
                  : age < 12 ? "小学"
                  : age < 15 ? "初中"
                  : age < 18 ? "高中"
                             : "本科");
    text(row, "是");
    text(row, one_in(row, 6) ? "是" : "否");
    text(row, "否");
    (void)amount(row, 0, 1500000);
    text(row, "");
    amount_of(row, 520000);
    text(row, "在读");
    day(row, day_before(row, 4));
    text(row, "");
}

void
prison_put(struct gen_row *row)
{
    code(row, "服刑|强戒|社区矫正");
    text(row, "示例场所");
    day(row, day_before(row, 3));
    if (one_in(row, 3))
        text(row, "");
    else
        day(row, row->gen->options->checked_on + (int32_t)dice_below(row->dice, 900));
}

void
exit_put(struct gen_row *row)
{
    code(row, row->month == 0 ? "出境" : "入境");
    day(row, row->gen->options->checked_on - (row->month == 0 ? 90 : 80));
    text(row, "日本");
}

void
assessment_put(struct gen_row *row)
{
    int32_t at = day_before(row, 4);

    code(row, "0|1|2|3|4");
    text(row, "GB/T 42195-2022,示例评估中心");
    day(row, at);
    day(row, at + 730);
}

void
donation_put(struct gen_row *row)
{
    text(row, "示例慈善总会");
    code(row, "医疗|助学|生活");
    code(row, "医院|家庭");
    (void)amount(row, 20000, 2000000);
    day(row, day_before(row, 1));
}

/* The household's amount stands in each of its rows. */
void
aid_put(struct gen_row *row)
{
    uint64_t household = row->number / RESIDENTS_PER_HOUSEHOLD;
    struct dice of = dice_of(row->gen->options->seed, WHAT_AID, household);
    int32_t died = resident_died(row->gen, row->number);
    int32_t last = month_of_date(row->gen->options->checked_on) - 1;
    bool is_first = row->month == 0;

    if (died != INT32_MAX && row->number % 3 != 0)
        last = month_of_date(died);
    if (row->dirt == DIRT_CODE)
        code(row, "");
    else
        text(row, is_first ? "低保" : "特困");
    buf_printf(&row->gen->out, ",%s%09llu,320581%03u", is_first ? "DB" : "TK",
               (unsigned long long)(is_first ? household + 1 : row->number + 1),
               dice_below(&of, 12));
    amount_of(row, 30000 + (int64_t)dice_below(&of, 200000));
    buf_printf(&row->gen->out, ",%u", is_first ? 4 : 1);
    text(row, last + 1 < month_of_date(row->gen->options->checked_on) ? "停发" : "在享");
    day(row, row->gen->options->checked_on - 800 - (int32_t)dice_below(&of, 900));
    text(row, "");
    month(row, last);
    day(row, row->gen->options->checked_on - 30 - (int32_t)dice_below(&of, 700));
    if (!is_first)
        seed_note(row, "double_benefit");
    if (died != INT32_MAX && last > month_of_date(died))
        seed_note(row, "paid_after_death");
}
