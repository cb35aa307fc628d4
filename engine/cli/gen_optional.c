/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_optional.h"

#include "engine/model/value.h"

#include "engine/base/ban.h"

enum { WHAT_OPTIONAL_CASE = 5000, WHAT_OPTIONAL_ROW = 6000 };

const char optional_columns[] =
    ",checked_on,purpose,entrusting_body,entrust_no,urban_rural,rigid_expense,auth_until,"
    "auth_sources,student,labour,disability,guardian,member_from,member_until,supports,"
    "supporter_household_size,supporter_annual_income,no_number";

void
optional_case_init(struct optional_case *out, const struct gen_options *options, uint64_t household,
                   uint32_t division)
{
    struct dice dice = dice_of(options->seed, WHAT_OPTIONAL_CASE, household);

    *out = (struct optional_case){.seed = options->seed,
                                  .household = household,
                                  .checked_on = options->checked_on,
                                  .division = division};
    resident_make(&out->applicant, options->seed,
                  household * RESIDENTS_PER_HOUSEHOLD % options->residents);
    out->has_newborn = dice_below(&dice, 50) == 0;
    out->has_supporter = dice_below(&dice, 100) == 0;
}

static int32_t
age_on(int32_t born, int32_t day)
{
    int32_t y, m, d, by, bm, bd;

    date_parts(day, &y, &m, &d);
    date_parts(born, &by, &bm, &bd);
    return y - by - (m < bm || (m == bm && d < bd) ? 1 : 0);
}

/* One of the four ways in which offices write yes and no. */
static void
bool_put(struct buf *out, bool is_so, uint32_t form)
{
    static const char *const words[][2] = {
        {"否",   "是" },
        {"0",     "1"   },
        {"N",     "Y"   },
        {"false", "true"}
    };

    buf_str(out, words[form % LEN(words)][is_so]);
}

static void
case_put(struct buf *out, const struct optional_case *of)
{
    struct dice dice = dice_of(of->seed, WHAT_OPTIONAL_CASE + 1, of->household);
    int32_t year, month, day;

    date_parts(of->checked_on, &year, &month, &day);
    buf_byte(out, ',');
    date_print(out, of->checked_on);
    buf_printf(out, ",申请最低生活保障,示例街道%02u办事处,委〔%d〕%06llu号,%s,", of->division, year,
               (unsigned long long)of->household + 1,
               (const char *[]){"城镇", "农村", "urban", "rural"}[dice_below(&dice, 4)]);
    if (dice_below(&dice, 5) == 0)
        money_print(out, (int64_t)dice_below(&dice, 400) * 10000);
}

static void
authority_put(struct buf *out, const struct optional_case *of, struct dice *dice)
{
    static const char *const some[] = {"tax、bank", "tax,bank", "bank;vehicle;real_estate"};
    uint32_t until = dice_below(dice, 100), sources = dice_below(dice, 100);

    buf_byte(out, ',');
    if (until < 30) /* one in a hundred ran out the day before */
        date_print(out, of->checked_on + (until == 0 ? -1 : 180));
    buf_byte(out, ',');
    if (sources < LEN(some)) {
        bool is_quoted = sources == 1; /* its separator is the file's */

        buf_str(out, is_quoted ? "\"" : "");
        buf_str(out, some[sources]);
        buf_str(out, is_quoted ? "\"" : "");
    }
}

static void
person_put(struct buf *out, const struct optional_case *of, struct dice *dice,
           enum optional_row kind, uint32_t row, int32_t born)
{
    int32_t age = age_on(born, of->checked_on);
    bool is_school_age = age >= 6 && age<19, is_known = dice_below(dice, 10)> 0;
    uint32_t form = dice_below(dice, 4), labour = dice_below(dice, 10);
    uint32_t grade = dice_below(dice, 80);

    buf_byte(out, ',');
    if (is_known)
        bool_put(out, is_school_age, form);
    buf_byte(out, ',');
    if (is_known)
        bool_put(out, age >= 18 && age < 60 && labour > 0, form);
    buf_byte(out, ',');
    if (grade < 4)
        buf_uint(out, grade + 1);
    buf_byte(out, ',');
    if (age < 18 && row > 0 && kind != OPTIONAL_SUPPORTER)
        buf_str(out, of->applicant.id);
}

static void
membership_put(struct buf *out, const struct optional_case *of, struct dice *dice, uint32_t row)
{
    uint32_t draw = dice_below(dice, 100);

    buf_byte(out, ',');
    if (row > 0 && draw == 0) /* came lately */
        date_print(out, of->checked_on - 30);
    buf_byte(out, ',');
    if (row > 0 && draw == 1) /* left before the check: no member any more */
        date_print(out, of->checked_on - 10);
}

void
optional_put(struct buf *out, const struct optional_case *of, enum optional_row kind, uint32_t row,
             int32_t born)
{
    struct dice dice = dice_of(of->seed, WHAT_OPTIONAL_ROW + row, of->household);

    case_put(out, of);
    authority_put(out, of, &dice);
    person_put(out, of, &dice, kind, row, born);
    membership_put(out, of, &dice, row);
    if (kind == OPTIONAL_SUPPORTER) {
        buf_printf(out, ",%s,%u,", of->applicant.id, 2 + dice_below(&dice, 4));
        money_print(out, (int64_t)(20 + dice_below(&dice, 200)) * 100000);
    } else {
        buf_str(out, ",,,");
    }
    buf_byte(out, ',');
    if (kind == OPTIONAL_NEWBORN)
        bool_put(out, true, dice_below(&dice, 4));
}
