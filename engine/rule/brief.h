/* SPDX-License-Identifier: Apache-2.0 */
/* brief.h: outcome, reasons and figures of a household that the program alone decides.
 *
 * From     a lane's answers (vector.h) for households that were assembled in brief
 * To       run/verify.c, where nothing but figures.csv is wanted
 * Lives    the judgement in the block's arena
 * Errors   HEDUI_E_LIMIT (arena). A household that needs a closer look is not judged here, and who
 *          asked takes the long way with it.
 * Why      most households are all known, and who counts them reads no finding. What is judged here
 *          has the outcome, reasons and figures that judge_told() gives it: for a source that is
 *          silent, late or partial, a row of less than final grade, another name, or a list past
 *          its limit the engine's own rules have something to say, and it is left to them. */
#ifndef HEDUI_RULE_BRIEF_H
#define HEDUI_RULE_BRIEF_H

#include "engine/rule/judge.h"
#include "engine/rule/vector.h"

/* Sets is_whole and wants of a program that stands. */
void brief_plan(struct vector_program *program);

/* Judges whom it can of the `count` households that vector_lane_answer() was last asked for:
 * is_judged[i] and out[i]. Of a program that is whole. */
HEDUI_CHECKED hedui_status brief_judge(struct judgement *out, bool *is_judged,
                                       const struct vector_lane *lane,
                                       const struct household *households, uint32_t count,
                                       struct arena *arena, struct err *err);

#endif
