/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_feeds.h"

#include <string.h>

#include "engine/base/sys.h"
#include "engine/cli/gen_departments.h"
#include "engine/cli/gen_file.h"
#include "engine/cli/gen_optional.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

enum { WHAT_TAX = 10, WHAT_HOME, WHAT_CAR, WHAT_BANK, WHAT_CASE };

static hedui_status
tax_write(struct gen_file *gen)
{
    static const enum dirt kinds[] = {
        DIRT_FULL_WIDTH, DIRT_BLANKS,     DIRT_LOWER_X,    DIRT_FIFTEEN,     DIRT_CHECK,
        DIRT_GROUPED,    DIRT_NO_AMOUNT,  DIRT_SEPARATOR,  DIRT_CODE,        DIRT_THIRD_DECIMAL,
        DIRT_BAD_GROUPS, DIRT_SCIENTIFIC, DIRT_OTHER_NAME, DIRT_NAME_VARIANT};
    static const char *const items[] = {"0101", "0101", "0101", "0101",
                                        "0101", "0400", "0500", "0800"};
    int32_t first = month_of_date(gen->options->checked_on) - 12;

    TRY(gen_file_open(
        gen, "tax.csv",
        "id_no,name,period,income_type,gross_income_yuan,tax_withheld,payer_credit_code\n"));
    for (uint64_t month = 0; month < 12; month++)
        for (uint64_t step = 0; step < gen->options->residents; step += 2) {
            uint64_t number = gen_file_walk(gen, step);
            struct dice dice = dice_of(gen->options->seed, WHAT_TAX + month * 100, number);
            enum dirt dirt = gen_file_dirt(gen, &dice, kinds, LEN(kinds));
            int64_t fen =
                (gen_file_is_poor(gen, number) ? 30000 : 250000) +
                (int64_t)dice_below(&dice, gen_file_is_poor(gen, number) ? 170000 : 900000);
            struct resident resident;

            resident_make(&resident, gen->options->seed, number);
            gen_file_head(gen, &resident, dirt);
            dirt_month(&gen->out, first + (int32_t)month, dirt);
            buf_printf(&gen->out, ",%s,", dirt == DIRT_CODE ? "9999" : items[dice_below(&dice, 8)]);
            dirt_amount(&gen->out, fen, dirt);
            buf_byte(&gen->out, ',');
            if (fen > 500000)
                dirt_amount(&gen->out, (fen - 500000) / 33, DIRT_NONE);
            uint32_t branch = dice_below(&dice, 3), payer = dice_below(&dice, 3000);
            buf_printf(&gen->out, ",91320581MA%05uP%02u\n", payer, branch);
            TRY(gen_file_flush(gen, false));
        }
    return HEDUI_OK;
}

static hedui_status
homes_write(struct gen_file *gen)
{
    static const enum dirt kinds[] = {DIRT_FULL_WIDTH, DIRT_BLANKS,     DIRT_LOWER_X,
                                      DIRT_FIFTEEN,    DIRT_CHECK,      DIRT_CODE,
                                      DIRT_SCIENTIFIC, DIRT_OTHER_NAME, DIRT_NO_DAY};
    static const char *const uses[] = {"住宅", "住宅", "住宅", "住宅",
                                       "住宅", "商业", "车库", "其他"};
    uint64_t count = gen->options->residents * 2 / 5;

    TRY(gen_file_open(
        gen, "real_estate.csv",
        "id_no,name,unit_no,address_division,area_m2,usage,share_percent,registered_on,"
        "value_yuan\n"));
    for (uint64_t i = 0; i < count; i++) {
        /* every fourth unit has two owners, whose rows follow each other */
        bool is_second = i % 5 == 4;
        uint64_t unit = is_second ? i - 1 : i;
        struct dice of_unit = dice_of(gen->options->seed, WHAT_HOME, unit);
        struct dice dice = dice_of(gen->options->seed, WHAT_HOME + 100, i);
        uint64_t number = gen_file_walk(gen, unit * 2) + (is_second ? 1 : 0);
        bool is_joint = unit % 5 == 3;
        enum dirt dirt = gen_file_dirt(gen, &dice, kinds, LEN(kinds));
        uint32_t area = 4000 + dice_below(&of_unit, 12000);
        uint32_t use = dice_below(&of_unit, 8);
        struct resident resident;

        resident_make(&resident, gen->options->seed, number % gen->options->residents);
        gen_file_head(gen, &resident, dirt);
        /* one throw a statement: the order of arguments is the compiler's */
        uint32_t division = dice_below(&of_unit, 12), parcel = dice_below(&of_unit, 99999);
        uint32_t zone = dice_below(&of_unit, 40), area_no = dice_below(&of_unit, 20);
        buf_printf(&gen->out, "320581%03u%03uGB%05uF%08u,320581%03u,", area_no, zone, parcel,
                   (unsigned)(unit % 100000000), division);
        buf_printf(&gen->out, "%u.%02u,%s,%d,", area / 100, area % 100,
                   dirt == DIRT_CODE ? "人防" : uses[use], is_joint ? 50 : 100);
        dirt_day(&gen->out, date_of(1998, 1, 1) + (int32_t)dice_below(&of_unit, 9500), dirt);
        buf_byte(&gen->out, ',');
        dirt_amount(&gen->out, (int64_t)area * (6000 + dice_below(&of_unit, 12000)), DIRT_NONE);
        buf_byte(&gen->out, '\n');
        TRY(gen_file_flush(gen, false));
    }
    return HEDUI_OK;
}

static hedui_status
cars_write(struct gen_file *gen)
{
    static const enum dirt kinds[] = {DIRT_FULL_WIDTH, DIRT_BLANKS,     DIRT_LOWER_X,
                                      DIRT_FIFTEEN,    DIRT_CHECK,      DIRT_GROUPED,
                                      DIRT_NO_AMOUNT,  DIRT_CODE,       DIRT_SCIENTIFIC,
                                      DIRT_OTHER_NAME, DIRT_TOTAL_LINE, DIRT_TWICE};
    static const char *const types[] = {"小型轿车", "小型轿车", "小型轿车", "小型客车",
                                        "轻型货车", "摩托车",   "摩托车",   "残疾人专用车"};
    static const char *const states[] = {"正常", "正常", "正常", "正常",
                                         "正常", "抵押", "注销", "报废"};
    uint64_t count = gen->options->residents * 3 / 10;

    TRY(gen_file_open(gen, "vehicle.csv",
                      "id_no,name,plate,vehicle_type,use,first_registered_on,price_yuan,status\n"));
    for (uint64_t i = 0; i < count; i++) {
        struct dice dice = dice_of(gen->options->seed, WHAT_CAR, i);
        uint64_t number = gen_file_walk(gen, i * 3 + 1);
        enum dirt dirt = gen_file_dirt(gen, &dice, kinds, LEN(kinds));
        uint32_t type = dice_below(&dice, 8), state = dice_below(&dice, 8);
        size_t begin = gen->out.len;
        struct resident resident;

        if (dirt == DIRT_TOTAL_LINE) {
            buf_str(&gen->out, ",,合计,,,,,\n");
            continue;
        }
        resident_make(&resident, gen->options->seed, number);
        gen_file_head(gen, &resident, dirt);
        buf_printf(&gen->out, "苏E%c%05u,%s,%s,", (int)('A' + i / 100000 % 26),
                   (unsigned)(i % 100000), dirt == DIRT_CODE ? "电瓶四轮车" : types[type],
                   dice_below(&dice, 12) == 0 ? "营运" : "非营运");
        dirt_day(&gen->out, date_of(2006, 1, 1) + (int32_t)dice_below(&dice, 6900), DIRT_NONE);
        buf_byte(&gen->out, ',');
        dirt_amount(&gen->out,
                    (type >= 5 ? 200000 : 3000000) + (int64_t)dice_below(&dice, 1800) * 10000,
                    dirt);
        buf_printf(&gen->out, ",%s\n", states[state]);
        if (dirt == DIRT_TWICE) {
            size_t len = gen->out.len - begin;
            char *again = buf_room(&gen->out, len);

            if (again != NULL) {
                memcpy(again, gen->out.at + begin, len);
                gen->out.len += len;
                gen->row++;
            }
        }
        TRY(gen_file_flush(gen, false));
    }
    return HEDUI_OK;
}

static hedui_status
bank_write(struct gen_file *gen)
{
    static const enum dirt kinds[] = {DIRT_FULL_WIDTH,    DIRT_BLANKS,    DIRT_LOWER_X,
                                      DIRT_FIFTEEN,       DIRT_CHECK,     DIRT_GROUPED,
                                      DIRT_NO_AMOUNT,     DIRT_CODE,      DIRT_SCIENTIFIC,
                                      DIRT_THIRD_DECIMAL, DIRT_OTHER_NAME};
    static const char *const types[] = {"CUR", "CUR", "CUR", "FIX", "FIX", "WMP"};

    TRY(gen_file_open(gen, "bank.csv",
                      "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of\n"));
    for (uint64_t round = 0; round < 4; round++)
        for (uint64_t step = 0; step < gen->options->residents; step++) {
            uint64_t number = gen_file_walk(gen, step);
            struct dice dice = dice_of(gen->options->seed, WHAT_BANK + round * 100, number);
            enum dirt dirt = gen_file_dirt(gen, &dice, kinds, LEN(kinds));
            uint32_t most = gen_file_is_poor(gen, number) ? 900000 : 6000000;
            struct resident resident;

            resident_make(&resident, gen->options->seed, number);
            gen_file_head(gen, &resident, dirt);
            const char *type = dirt == DIRT_CODE ? "ZZZ" : types[dice_below(&dice, 6)];
            unsigned long long account = dice_next(&dice);
            buf_printf(&gen->out, "1023050%05u,%016llx,%s,", dice_below(&dice, 300) * 7, account,
                       type);
            dirt_amount(&gen->out,
                        (int64_t)(dice_below(&dice, 100) < 30 ? dice_below(&dice, 5000)
                                                              : dice_below(&dice, most)),
                        dirt);
            buf_byte(&gen->out, ',');
            dirt_day(&gen->out, gen->options->checked_on - 1, DIRT_NONE);
            buf_byte(&gen->out, '\n');
            TRY(gen_file_flush(gen, false));
        }
    return HEDUI_OK;
}

/* Rows that only a batch with optional columns can say: a newborn without a number, a supporter who
 * lives elsewhere. They have no dirt, so that truth.jsonl names all there is. */
static void
extra_rows_put(struct gen_file *gen, const struct optional_case *of, uint32_t members)
{
    const struct gen_options *options = gen->options;
    struct resident resident;

    if (of->has_newborn) {
        gen->row++;
        buf_printf(&gen->out, "H%09llu,DIBAO,320581%03u,", (unsigned long long)(of->household + 1),
                   of->division);
        dirt_day(&gen->out, options->checked_on, DIRT_NONE);
        buf_str(&gen->out, ",,新生儿,子女,member,,,");
        dirt_day(&gen->out, options->checked_on - 5, DIRT_NONE);
        optional_put(&gen->out, of, OPTIONAL_NEWBORN, members, options->checked_on - 20);
        buf_byte(&gen->out, '\n');
    }
    if (of->has_supporter) {
        resident_make(&resident, options->seed,
                      (of->household * RESIDENTS_PER_HOUSEHOLD + RESIDENTS_PER_HOUSEHOLD - 1) %
                          options->residents);
        gen->row++;
        buf_printf(&gen->out, "H%09llu,DIBAO,320581%03u,", (unsigned long long)(of->household + 1),
                   of->division);
        dirt_day(&gen->out, options->checked_on, DIRT_NONE);
        buf_byte(&gen->out, ',');
        gen_file_head(gen, &resident, DIRT_NONE);
        buf_str(&gen->out, "子女,supporter,,,");
        dirt_day(&gen->out, options->checked_on - 5, DIRT_NONE);
        optional_put(&gen->out, of, OPTIONAL_SUPPORTER, members + 1, resident.born);
        buf_byte(&gen->out, '\n');
    }
}

static hedui_status
cases_write(struct gen_file *gen)
{
    static const enum dirt kinds[] = {DIRT_FULL_WIDTH, DIRT_BLANKS, DIRT_LOWER_X,
                                      DIRT_FIFTEEN,    DIRT_CHECK,  DIRT_SCIENTIFIC,
                                      DIRT_NO_DAY,     DIRT_CODE,   DIRT_TWICE};
    static const char *const relations[] = {"户主", "配偶", "子女", "父母"};
    static const uint32_t sizes[] = {1, 2, 2, 3, 3, 4, 2, 3}; /* 2.5 on average */

    TRY(gen_file_open(gen, "applicants.csv",
                      "case_no,programme,division,applied_on,id_no,name,relation,role,"
                      "declared_annual_income,declared_financial_assets,authorised_on"));
    buf_str(&gen->out, gen->options->has_optional ? optional_columns : "");
    buf_byte(&gen->out, '\n');
    for (uint64_t h = 0, next = 0; h < gen->options->households; h++) {
        struct dice of_case = dice_of(gen->options->seed, WHAT_CASE, h);
        uint32_t size = sizes[dice_below(&of_case, 8)];
        uint32_t unsigned_by = dice_below(&of_case, 100) == 0 && !gen->options->is_sql_dirt
                                   ? dice_below(&of_case, size)
                                   : UINT32_MAX;
        uint32_t division = dice_below(&of_case, 12);
        /* more households than the county has apply one after the other: all residents may */
        bool is_dense =
            gen->options->households > gen->options->residents / RESIDENTS_PER_HOUSEHOLD;
        uint64_t first = is_dense ? next : h * RESIDENTS_PER_HOUSEHOLD;
        struct optional_case optional;

        next += size;
        optional_case_init(&optional, gen->options, h, division);
        for (uint32_t m = 0; m < size; m++) {
            struct dice dice = dice_of(gen->options->seed, WHAT_CASE + 100 + m, h);
            enum dirt dirt = gen_file_dirt(gen, &dice, kinds, LEN(kinds));
            uint32_t from = dirt == DIRT_TWICE ? 0 : m;
            struct resident resident;

            resident_make(&resident, gen->options->seed, (first + from) % gen->options->residents);
            buf_printf(&gen->out, "H%09llu,DIBAO,320581%03u,", (unsigned long long)(h + 1),
                       division);
            dirt_day(&gen->out, gen->options->checked_on, dirt);
            buf_byte(&gen->out, ',');
            gen_file_head(gen, &resident, dirt);
            buf_printf(&gen->out, "%s,member,", dirt == DIRT_CODE ? "房客" : relations[m]);
            dirt_amount(&gen->out, (int64_t)dice_below(&dice, 13) * 120000, DIRT_NONE);
            buf_byte(&gen->out, ',');
            dirt_amount(&gen->out, (int64_t)dice_below(&dice, 100) * 10000, DIRT_NONE);
            buf_byte(&gen->out, ',');
            if (m != unsigned_by)
                dirt_day(&gen->out, gen->options->checked_on - 5, DIRT_NONE);
            if (gen->options->has_optional)
                optional_put(&gen->out, &optional, OPTIONAL_MEMBER, m, resident.born);
            buf_byte(&gen->out, '\n');
            TRY(gen_file_flush(gen, false));
        }
        if (gen->options->has_optional)
            extra_rows_put(gen, &optional, size);
    }
    return HEDUI_OK;
}

hedui_status
gen_county(const struct gen_options *options, struct err *err)
{
    static hedui_status (*const writers[])(struct gen_file *) = {tax_write, homes_write, cars_write,
                                                                 bank_write, cases_write};
    struct gen_file gen;
    hedui_status rc = HEDUI_OK;

    TRY(gen_files_begin(&gen, options, err));
    for (size_t i = 0; i < LEN(writers); i++) {
        hedui_status wrote = writers[i](&gen);
        FAIL(gen_file_close(&gen, wrote));
    }
    if (options->departments != 0)
        FAIL(gen_departments(&gen, options->departments));
done:
    return gen_files_end(&gen, rc);
}
