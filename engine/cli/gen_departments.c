/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_departments.h"

#include <stdio.h>
#include <string.h>

#include "engine/model/value.h"

#include "engine/base/ban.h"

#define AT(n) (5000 + 100 * (n)) /* room for the dice of a hundred passes */

#define OWNER "id_no,name"
#define HUSBAND "male_id_no,male_name"
#define INSURED "insured_id_no,insured_name"

static const char register_header[] =
    "former_name,household_no,relation_to_head,division,urban_rural,marital_status,status,"
    "moved_in_on,moved_out_on";
static const char marriage_header[] =
    "female_id_no,female_name,certificate_no,status,married_on,ended_on,ended_by";
static const char death_header[] = "died_on,cremated_on,told_by";
static const char contribution_header[] = "scheme,period,base_yuan,paid_yuan,back_pay,employer";
static const char pension_header[] =
    "benefit_type,period,amount_yuan,basic_pension_yuan,back_pay,started_on,agency";
static const char fund_header[] =
    "account_no,employer,base_yuan,deposit_yuan,balance_yuan,withdrawn_yuan,loan_yuan,paid_to,"
    "status,as_of";
static const char business_header[] =
    "credit_code,business_name,form,role,subscribed_wan,paid_in_wan,status,founded_on,ended_on";
static const char securities_header[] =
    "broker,account_no,product,paper_code,quantity,value_yuan,status,as_of";
static const char insurance_header[] =
    "holder_id_no,holder_name,insurer,policy_no,product,premium_yuan,cash_value_yuan,status,"
    "started_on,matures_on";
static const char disability_header[] =
    "certificate_no,disability_type,grade,issued_on,valid_until,status";
static const char veteran_header[] = "category,grade,item,period,amount_yuan";
static const char payroll_header[] = "unit_name,post_type,item,period,amount_yuan";
static const char subsidy_header[] = "project,period,amount_yuan,card_no,card_holder_id_no";
static const char machine_header[] =
    "plate_no,category,power_kw,bought_on,price_yuan,subsidy_yuan,status";
static const char medical_header[] =
    "settlement_no,visit_type,period,settled_on,hospital,total_yuan,pooled_yuan,"
    "serious_illness_yuan,medical_aid_yuan,commercial_yuan,self_in_scope_yuan,"
    "self_out_of_scope_yuan,refund";
static const char education_header[] =
    "school,stage,full_time,private,boarding,tuition_yuan,boarding_fee_yuan,public_tuition_yuan,"
    "status,entered_on,left_on";
static const char prison_header[] = "measure,place,started_on,ended_on";
static const char exit_header[] = "direction,day,place";
static const char assessment_header[] = "grade,instrument,assessor,assessed_on,valid_until";
static const char donation_header[] = "giver,purpose,payee,amount_yuan,day";
static const char aid_header[] =
    "programme,benefit_no,division,amount_yuan,persons,status,started_on,ended_on,last_paid,"
    "last_check";

/* clang-format off */
const struct department departments[] = {
    {"household_register",    register_header,     OWNER,   AT(1),  1000000, 1,  false, false, NULL,       register_put},
    {"marriage",              marriage_header,     HUSBAND, AT(2),  1000000, 1,  false, false, is_married, marriage_put},
    {"death",                 death_header,        OWNER,   AT(3),  1000000, 1,  false, false, is_dead,    death_put},
    {"social_insurance",      contribution_header, OWNER,   AT(4),  500000,  12, true,  true,  is_worker,  contribution_put},
    {"pension",               pension_header,      OWNER,   AT(5),  900000,  12, true,  true,  is_paid,    pension_put},
    {"housing_fund",          fund_header,         OWNER,   AT(6),  250000,  1,  false, true,  is_worker,  fund_put},
    {"business_registration", business_header,     OWNER,   AT(7),  60000,   1,  false, false, is_worker,  business_put},
    {"securities",            securities_header,   OWNER,   AT(8),  80000,   1,  false, true,  NULL,       securities_put},
    {"insurance",             insurance_header,    INSURED, AT(9),  150000,  1,  false, true,  NULL,       insurance_put},
    {"disability",            disability_header,   OWNER,   AT(10), 50000,   1,  false, false, NULL,       disability_put},
    {"veterans_benefit",      veteran_header,      OWNER,   AT(11), 20000,   12, true,  true,  is_worker,  veteran_put},
    {"payroll",               payroll_header,      OWNER,   AT(12), 30000,   12, true,  true,  is_worker,  payroll_put},
    {"subsidy",               subsidy_header,      OWNER,   AT(13), 60000,   12, true,  true,  NULL,       subsidy_put},
    {"farm_machinery",        machine_header,      OWNER,   AT(14), 10000,   1,  false, true,  NULL,       machine_put},
    {"medical_expense",       medical_header,      OWNER,   AT(15), 120000,  12, true,  true,  NULL,       medical_put},
    {"education",             education_header,    OWNER,   AT(16), 900000,  1,  false, true,  is_pupil,   education_put},
    {"prison_record",         prison_header,       OWNER,   AT(17), 3000,    1,  false, false, is_worker,  prison_put},
    {"exit_record",           exit_header,         OWNER,   AT(18), 10000,   2,  false, false, NULL,       exit_put},
    {"assessment",            assessment_header,   OWNER,   AT(19), 100000,  1,  false, false, is_old,     assessment_put},
    {"donation",              donation_header,     OWNER,   AT(20), 20000,   1,  false, true,  NULL,       donation_put},
    {"existing_aid",          aid_header,          OWNER,   AT(21), 1000000, 2,  false, false, is_aided,   aid_put},
};
/* clang-format on */
const uint32_t department_count = LEN(departments);

/* Every department's rows, in passes over the residents as tax.csv has them. */
static hedui_status
department_write(struct gen_file *gen, const struct department *department)
{
    static const enum dirt kinds[] = {
        DIRT_FULL_WIDTH,   DIRT_BLANKS,  DIRT_LOWER_X,    DIRT_FIFTEEN,
        DIRT_CHECK,        DIRT_CODE,    DIRT_SCIENTIFIC, DIRT_OTHER_NAME,
        DIRT_NAME_VARIANT, DIRT_GROUPED, DIRT_NO_AMOUNT,  DIRT_THIRD_DECIMAL}; /* amounts last */
    char file[sizeof gen->file];
    uint32_t kind_count = department->has_amount ? LEN(kinds) : LEN(kinds) - 3;
    const struct gen_options *options = gen->options;
    int32_t first = month_of_date(options->checked_on) - (int32_t)department->passes;

    (void)snprintf(file, sizeof file, "%s.csv", department->name);
    TRY(gen_file_open(gen, file, department->owner));
    buf_printf(&gen->out, ",%s\n", department->header);
    for (int32_t pass = 0; pass < (int32_t)department->passes; pass++)
        for (uint64_t step = 0; step < options->residents; step++) {
            uint64_t number = gen_file_walk(gen, step);
            struct dice person = dice_of(options->seed, department->what, number);
            struct dice dice =
                dice_of(options->seed, department->what + 1 + (uint32_t)pass, number);
            struct resident who;
            struct gen_row row = {.gen = gen, .who = &who, .number = number, .dice = &dice};

            if (dice_below(&person, 1000000) >= department->share)
                continue;
            resident_make(&who, options->seed, number);
            row.month = department->has_months ? first + pass : pass;
            if (department->is_for != NULL && !department->is_for(gen, &who, number, row.month))
                continue;
            row.dirt = gen_file_dirt(gen, &dice, kinds, kind_count);
            dirt_id(&gen->out, &who, row.dirt);
            buf_byte(&gen->out, ',');
            dirt_resident_name(&gen->out, &who, row.dirt);
            department->put(&row);
            buf_byte(&gen->out, '\n');
            TRY(gen_file_flush(gen, false));
        }
    return HEDUI_OK;
}

hedui_status
departments_read(struct text names, uint32_t *out, struct err *err)
{
    uint32_t all = department_count == 32 ? UINT32_MAX : (UINT32_C(1) << department_count) - 1;

    *out = 0;
    if (text_is(names, "all")) {
        *out = all;
        return HEDUI_OK;
    }
    while (names.len > 0) {
        const char *comma = memchr(names.at, ',', names.len);
        struct text name = {names.at, comma == NULL ? names.len : (size_t)(comma - names.at)};
        uint32_t at = 0;

        while (at < department_count && !text_is(name, departments[at].name))
            at++;
        if (at == department_count)
            return err_set(err, HEDUI_E_USAGE,
                           "--feeds 里没有 '" TEXT_FMT "'，名称见 docs/KINDS.md，或写 all\n"
                           "--feeds has no '" TEXT_FMT "': the names are in docs/KINDS.md, or all",
                           TEXT_ARG(name), TEXT_ARG(name));
        *out |= UINT32_C(1) << at;
        names.at += name.len + (comma != NULL);
        names.len -= name.len + (comma != NULL);
    }
    return HEDUI_OK;
}

hedui_status
gen_departments(struct gen_file *gen, uint32_t wanted)
{
    for (uint32_t i = 0; i < department_count; i++) {
        hedui_status wrote;

        if ((wanted >> i & 1) == 0)
            continue;
        wrote = department_write(gen, &departments[i]);
        TRY(gen_file_close(gen, wrote));
    }
    return HEDUI_OK;
}
