/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/model/cell.h"

#include <assert.h>

#include "engine/base/ban.h"

/* Stable codes and their words: hedui_codes, refused.csv and the balance quote them. */
static const struct {
    const char *code, *zh, *en;
} words[CELL_RESULTS] = {
    [CELL_OK] = {"R-OK",         "正常",                                              "fine"                                  },
    [CELL_BLANK] = {"R-BLANK",      "空白",                                              "blank"                                 },
    [CELL_FORM] = {"R-FORM",       "格式不对",                                        "not of the form that this column wants"},
    [CELL_PRECISION] = {"R-PRECISION",  "小数位过多",                                     "more decimals than allowed"            },
    [CELL_RANGE] = {"R-RANGE",      "数值超出范围",                                  "outside the allowed range"             },
    [CELL_CHECK] = {"R-CHECK",      "证件号码校验位不对",                         "wrong check digit"                     },
    [CELL_DAY] = {"R-DAY",        "没有这一天",                                     "no such day"                           },
    [CELL_CODE] = {"R-CODE",       "代码不在对照表中",                            "code not in the mapping's table"       },
    [CELL_SCIENTIFIC] = {"R-SCIENTIFIC", "证件号码成了科学计数法，末位已丢失",
                 "number in scientific notation, its last digits are lost"                                                      },
    [CELL_LENGTH] = {"R-LENGTH",     "证件号码长度不对",                            "wrong length of the number"            },
    [CELL_CHARSET] = {"R-CHARSET",    "含有字符集之外的字节",                      "bytes outside the character set"       },
    [CELL_MISSING] = {"R-MISSING",    "必填项空白",                                     "blank where a value must stand"        },
};

const char *
cell_result_code(enum cell_result result)
{
    assert(result < CELL_RESULTS);
    return words[result].code;
}

const char *
cell_result_zh(enum cell_result result)
{
    assert(result < CELL_RESULTS);
    return words[result].zh;
}

const char *
cell_result_en(enum cell_result result)
{
    assert(result < CELL_RESULTS);
    return words[result].en;
}
