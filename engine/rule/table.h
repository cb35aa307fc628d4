/* SPDX-License-Identifier: Apache-2.0 */
/* table.h: a decision table: one fact, told by rows of cells over columns.
 *
 * From     section `tables` of a pack (pack_tables.c)
 * To       an expression of the fact like any other (OP_TABLE), which the walks evaluate; the sweep
 *          for overlaps, gaps and dead rows (table_check.c); the meaning hash; reading back
 * Lives    in the pack's arena; unchanged after the load
 * Errors   Y013 Y014 N101 N103 T201 T203 T205 T207 while reading, B401 B402 B403 by the sweep
 * Why      the cells are kept beside the expression made of them: only what stands in a table can
 *          be proved whole, and only a row can be shown to whoever wrote it. */
#ifndef HEDUI_RULE_TABLE_H
#define HEDUI_RULE_TABLE_H

#include "engine/rule/pack_in.h"
#include "engine/rule/tree.h"

#define TABLE_ROWS_MAX 1000
#define TABLE_COLUMNS_MAX 32

enum table_hit { TABLE_UNIQUE, TABLE_FIRST };
enum accept {
    ACCEPT_ANY,     /* the column was left out */
    ACCEPT_VALUES,  /* a | b */
    ACCEPT_COMPARE, /* op, operands[0] */
    ACCEPT_RANGE,   /* operands[0] .. operands[1], both ends in */
    ACCEPT_EXPR     /* equal to an expression: opaque to the sweep */
};
struct operand {
    int32_t param; /* number of the parameter; -1: value */
    struct value value;
};
struct table_cell {
    enum accept accept;
    enum op op;
    uint32_t count;
    struct operand *operands;
    struct expr *when; /* the cell as a condition; NULL: ACCEPT_ANY */
};
struct table_column {
    struct text name; /* "vehicle.status" */
    struct text zh;
    struct expr *expr;
    const struct type *type;
    const struct field *field; /* of the model, for its bounds; NULL: a fact */
};
struct table_row {
    struct text id, ref;
    struct place place;
    struct table_cell *cells; /* a column each */
    struct expr *when, *then;
};
struct table {
    enum table_hit hit;
    uint32_t column_count, row_count;
    struct table_column *columns; /* as they first appear */
    struct table_row *rows; /* unique: by id, for their order means nothing; first: as written */
    struct expr *otherwise; /* or NULL */
    struct place place;
};

/* pack_tables.c: makes fact->is of the table that the fact's node states. */
void table_read(struct loader *l, struct fact *fact);
/* table_check.c: B401, B402, B403 for each table of the pack. */
void tables_check(struct loader *l);

#endif
