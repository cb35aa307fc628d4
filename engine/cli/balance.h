/* SPDX-License-Identifier: Apache-2.0 */
/* balance.h: prints accepted + refused + collapsed + ignored = physical, with reasons and files. */
#ifndef HEDUI_CLI_BALANCE_H
#define HEDUI_CLI_BALANCE_H

#include "engine/base/json.h"
#include "engine/feed/read.h"

void balance_text(struct buf *out, const struct balance *balance, const struct feed_report *report);
/* Keys "balance", "reasons", "ignored" and "files" of the open object. */
void balance_json(struct json *json, const struct balance *balance,
                  const struct feed_report *report);

#endif
