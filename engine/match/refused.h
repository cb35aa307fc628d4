/* SPDX-License-Identifier: Apache-2.0 */
/* refused.h: whether a delivery refused rows of a person that no mended file has brought back.
 *
 * Why      a car with an unknown code is not "no car": its owner's coverage is partial. */
#ifndef HEDUI_MATCH_REFUSED_H
#define HEDUI_MATCH_REFUSED_H

#include "engine/index/snapshot.h"

bool refused_is_open(const struct snapshot *snapshot, uint32_t entry_number, struct key128 key);

#endif
