/* SPDX-License-Identifier: Apache-2.0 */
/* gen_rows.h: what stands in a row of each other department, behind its owner's number and name.
 *
 * From     dice of the row, and what its resident is: dead since when, married to whom, in which
 *          benefit; that follows from the seed and his number alone, for all files
 * To       gen_departments.c, which walks over the residents */
#ifndef HEDUI_CLI_GEN_ROWS_H
#define HEDUI_CLI_GEN_ROWS_H

#include "engine/cli/gen_file.h"

struct gen_row { /* one row on its way, behind its owner's number and name */
    struct gen_file *gen;
    const struct resident *who;
    uint64_t number; /* of the resident */
    struct dice *dice;
    int32_t month;  /* of departments with months; else the pass, from 0 */
    enum dirt dirt; /* befalls the first cell that can have it, which takes it away */
};

/* The day he died, or INT32_MAX. */
int32_t resident_died(const struct gen_file *gen, uint64_t number);
/* Who is married to him, asked of one of the two only; himself: nobody. */
uint64_t resident_partner(const struct gen_file *gen, uint64_t number);

/* Has the resident a row? `pass` as in gen_row.month. */
bool is_aided(const struct gen_file *gen, const struct resident *who, uint64_t number,
              int32_t pass);
bool is_dead(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass);
bool is_married(const struct gen_file *gen, const struct resident *who, uint64_t number,
                int32_t pass);
bool is_old(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass);
bool is_paid(const struct gen_file *gen, const struct resident *who, uint64_t number, int32_t pass);
bool is_pupil(const struct gen_file *gen, const struct resident *who, uint64_t number,
              int32_t pass);
bool is_worker(const struct gen_file *gen, const struct resident *who, uint64_t number,
               int32_t pass);

void aid_put(struct gen_row *row);
void assessment_put(struct gen_row *row);
void business_put(struct gen_row *row);
void contribution_put(struct gen_row *row);
void death_put(struct gen_row *row);
void disability_put(struct gen_row *row);
void donation_put(struct gen_row *row);
void education_put(struct gen_row *row);
void exit_put(struct gen_row *row);
void fund_put(struct gen_row *row);
void insurance_put(struct gen_row *row);
void machine_put(struct gen_row *row);
void marriage_put(struct gen_row *row);
void medical_put(struct gen_row *row);
void payroll_put(struct gen_row *row);
void pension_put(struct gen_row *row);
void prison_put(struct gen_row *row);
void register_put(struct gen_row *row);
void securities_put(struct gen_row *row);
void subsidy_put(struct gen_row *row);
void veteran_put(struct gen_row *row);

#endif
