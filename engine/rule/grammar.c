/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/rule/grammar.h"

#include <assert.h>

#include "engine/base/ban.h"

#define KEYS_MAX 24 /* of one construct */

enum {
    WORDS_LEVEL,
    WORDS_LOCAL,
    WORDS_PER,
    WORDS_HIT,
    WORDS_GRADE,
    WORDS_ROUND,
    WORDS_OUTCOME,
    WORDS_TAKE
};

static const char *const words[][18] = {
    [WORDS_LEVEL] = {"province",            "city", "county"},
    [WORDS_LOCAL] = {"city",                     "county"                     },
    [WORDS_PER] = {"once",                     "month", "year"},
    [WORDS_HIT] = {"unique",               "first"                    },
    [WORDS_GRADE] = {"final","needs_confirmation","lead"},
    [WORDS_ROUND] = {"round_fen",  "round_jiao",                 "round_yuan", "down_fen", "down_jiao", "down_yuan",
                     "up_fen", "up_jiao", "up_yuan", "even_fen", "even_jiao", "even_yuan"},
    [WORDS_OUTCOME] = {"met",           "not_met",    "incomplete", "review"},
    [WORDS_TAKE] = {"first",           "highest"     },
};

const char *const *
grammar_words(uint32_t number)
{
    assert(number < LEN(words));
    return words[number];
}

#define MUST true, CHOICE_NONE
#define MAY false, CHOICE_NONE
#define ONE_OF false, CHOICE_ONE
#define SOME_OF false, CHOICE_SOME
#define ZH                                                                                         \
    {                                                                                              \
        "zh", SHAPE_TEXT, 0, MUST, "中文名称", "what it is called in Chinese"                      \
    }
#define EN                                                                                         \
    {                                                                                              \
        "en", SHAPE_TEXT, 0, MAY, "英文名称", "what it is called in English"                       \
    }
#define REF                                                                                        \
    {                                                                                              \
        "ref", SHAPE_TEXT, 0, MAY, "依据的文件和条款", "the paper and clause it rests on"          \
    }
#define LOCAL                                                                                      \
    {                                                                                              \
        "local", SHAPE_WORD, WORDS_LOCAL, MAY, "最低到哪一级可以改动；不写则锁定",                 \
            "the lowest level that may touch it; without it, sealed"                               \
    }
#define PER                                                                                        \
    {                                                                                              \
        "per", SHAPE_WORD, WORDS_PER, MAY, "金额的期间", "the period of an amount"                 \
    }
#define TYPE                                                                                       \
    {                                                                                              \
        "type", SHAPE_TYPE, 0, MUST, "类型", "the type"                                            \
    }
#define OUTPUT                                                                                     \
    {                                                                                              \
        "output", SHAPE_BOOL, 0, MAY, "在结论中列出", "printed in the verdict"                     \
    }

static const struct grammar_key pack_keys[] = {
    {"hedui",     SHAPE_TEXT,     0,                MAY, "格式版本，写 1",                                    "version of this format: 1"   },
    {"pack",      SHAPE_TEXT,     0,                MAY, "规则包的代号",                                      "the pack's name"             },
    {"zh",        SHAPE_TEXT,     0,                MAY, "中文名称",                                            "what it is called in Chinese"},
    EN,
    {"level",     SHAPE_WORD,     WORDS_LEVEL,      MAY, "省级、市级或县级",                                "province, city or county"    },
    {"programme", SHAPE_CODE,     0,                MAY, "救助项目",                                            "the programme"               },
    {"as_of",     SHAPE_EXPR,     0,                MAY, "按哪一天取参数和规则；默认 case.checked_on",
     "the day that parameters and rules are read for; default case.checked_on"                                                                    },
    {"extends",   SHAPE_TEXT,     0,                MAY, "上级规则包@含义散列的前十二位",
     "the parent pack@twelve digits of its hash"                                                                                                  },
    {"params",    SHAPE_ENTRIES,  GRAMMAR_PARAM,    MAY, "参数：有生效日期的数",
     "parameters: numbers with dates"                                                                                                             },
    {"facts",     SHAPE_ENTRIES,  GRAMMAR_FACT,     MAY, "事实：算出来的数",                                "facts: figures"              },
    {"tables",    SHAPE_ENTRIES,  GRAMMAR_TABLE,    MAY, "决策表",                                               "decision tables"             },
    {"rules",     SHAPE_ENTRIES,  GRAMMAR_RULE,     MAY, "规则：提出异议的条件",                          "rules: when to object"       },
    {"declared",  SHAPE_ENTRIES,  GRAMMAR_DECLARED, MAY, "申报与核对对照",                                   "declared beside found"       },
    {"reasons",   SHAPE_ENTRIES,  GRAMMAR_REASON,   MAY, "理由的文字",                                         "texts of reasons"            },
    {"evidence",  SHAPE_ENTRIES,  GRAMMAR_EVIDENCE, MAY, "查询哪些部门",
     "the sources that are asked"                                                                                                                 },
    {"missing",   SHAPE_ENTRIES,  GRAMMAR_MISSING,  MAY, "不清楚时要什么材料",
     "what settles an unknown"                                                                                                                    },
    {"set",       SHAPE_ENTRIES,  GRAMMAR_SET,      MAY, "改上级的参数：p.NAME",
     "a parameter of the parent: p.NAME"                                                                                                          },
    {"add",       SHAPE_SECTIONS, 0,                MAY, "新增条目",                                            "new entries"                 },
    {"replace",   SHAPE_VERBS,    0,                MAY, "整条替换上级的规则、事实或表",
     "a rule, fact or table of the parent anew"                                                                                                   },
    {"disable",   SHAPE_ENTRIES,  GRAMMAR_DISABLE,  MAY, "自某日起停用上级的规则：rules.NAME",
     "ends a rule of the parent: rules.NAME"                                                                                                      },
};
static const struct grammar_key param_keys[] = {
    ZH,
    EN,
    TYPE,
    PER,
    {"values", SHAPE_ITEMS, GRAMMAR_VALUE, MUST, "各生效日期的值",                       "values by day"                   },
    {"as_of",  SHAPE_EXPR,  0,             MAY,  "自己的取值日期，如 case.applied_on",
      "a day of its own, such as case.applied_on"                                                                                  },
    LOCAL,
    {"range",  SHAPE_TEXT,  0,             MAY,  "允许范围，如 12..36",                   "the span allowed, such as 12..36"},
};
static const struct grammar_key value_keys[] = {
    {"from",        SHAPE_DAY,   0, MUST,    "自哪一天起",                "the first day"            },
    {"value",       SHAPE_VALUE, 0, SOME_OF, "值",                            "the value"                },
    {"abolished",   SHAPE_BOOL,  0, SOME_OF, "自这天起废止",             "abolished from that day"  },
    REF,
    {"reviewed_on", SHAPE_DAY,   0, MAY,     "最近一次复核的日期",    "when it was last reviewed"},
    {"unconfirmed", SHAPE_BOOL,  0, MAY,     "未经确认，随结论提示",
     "not confirmed: each verdict says so"                                                                },
};
static const struct grammar_key fact_keys[] = {
    ZH,
    EN,
    TYPE,
    PER,
    {"is",    SHAPE_EXPR, 0,           MUST, "算式",       "the expression"   },
    {"round", SHAPE_WORD, WORDS_ROUND, MAY,  "舍入办法", "how it is rounded"},
    OUTPUT,
    REF,
    LOCAL,
};
static const struct grammar_key table_keys[] = {
    ZH,
    EN,
    TYPE,
    PER,
    {"hit",       SHAPE_WORD,    WORDS_HIT,   MAY,  "unique：各行互斥；first：取最上面的一行",
      "unique: no two rows match; first: the topmost counts"                                                                                  },
    {"rows",      SHAPE_ENTRIES, GRAMMAR_ROW, MUST, "各行",                                                "the rows"                      },
    {"otherwise", SHAPE_EXPR,    0,           MAY,  "其他情形的值",                                    "the value where no row matches"},
    OUTPUT,
    REF,
    LOCAL,
};
static const struct grammar_key row_keys[] = {
    {"then", SHAPE_EXPR, 0, MUST, "本行的值，或 “= 算式”", "its value, or \"= EXPR\""},
    REF,
};
static const struct grammar_key rule_keys[] = {
    ZH,
    EN,
    {"deny_when",   SHAPE_EXPR,    0,              ONE_OF, "成立即疑似不符",       "objects where true"              },
    {"review_when", SHAPE_EXPR,    0,              ONE_OF, "成立即需人工复核",    "asks a person where true"        },
    {"hold_when",   SHAPE_EXPR,    0,              ONE_OF, "成立或查不清即暂缓", "holds where true or unknown"     },
    {"unless",      SHAPE_ENTRIES, GRAMMAR_UNLESS, MAY,    "例外",                      "exceptions"                      },
    {"reason",      SHAPE_TEXT,    0,              MUST,   "理由代码",                "code of the reason"              },
    REF,
    {"severity",    SHAPE_COUNT,   9,              MAY,    "轻重 1 到 9，默认 5",   "weight, 1 to 9, default 5"       },
    {"from",        SHAPE_DAY,     0,              MAY,    "自哪一天起适用",       "the first day in force"          },
    {"until",       SHAPE_DAY,     0,              MAY,    "自哪一天起不再适用", "the first day no longer in force"},
    LOCAL,
};
static const struct grammar_key unless_keys[] = {
    ZH,
    {"when", SHAPE_EXPR, 0, MUST, "例外的条件", "when it is lifted"},
    REF,
};
static const struct grammar_key reason_keys[] = {
    {"zh", SHAPE_TEXT, 0, MUST, "文字；{名称} 处填入数值", "the text; {NAME} prints a value"},
    {"en", SHAPE_TEXT, 0, MAY,  "英文文字",                      "the text in English"            },
};
static const struct grammar_key evidence_keys[] = {
    ZH,
    EN,
    {"kinds",      SHAPE_KINDS, 0,           MUST, "提供哪些记录",                      "the kinds it delivers"       },
    {"valid_days", SHAPE_COUNT, 100000,      MUST, "几天内的反馈有效",                "how old an answer may be"    },
    {"grade",      SHAPE_WORD,  WORDS_GRADE, MUST, "能作结论、须确认、只是线索",
      "how far its rows carry"                                                                                               },
    {"who",        SHAPE_EXPR,  0,           MAY,  "只查哪些人",                         "whom it is asked about"      },
    {"settle",     SHAPE_TEXT,  0,           MAY,  "没有反馈时怎么办",                "what to do when it is silent"},
};
static const struct grammar_key declared_keys[] = {
    ZH,
    EN,
    {"stated", SHAPE_EXPR, 0, MUST, "申报的",             "as stated"        },
    {"found",  SHAPE_EXPR, 0, MUST, "核对到的",          "as found"         },
    {"slack",  SHAPE_TEXT, 0, MAY,  "容许差额：p.NAME", "the slack: p.NAME"},
    REF,
};
static const struct grammar_key missing_keys[] = {
    {"ask",    SHAPE_TEXT,  0, ONE_OF, "要什么材料",    "the paper that settles it"},
    {"assume", SHAPE_VALUE, 0, ONE_OF, "按什么计",       "what it is taken for"     },
    {"zh",     SHAPE_TEXT,  0, MAY,    "为什么这样计", "why"                      },
};
static const struct grammar_key set_keys[] = {
    {"values", SHAPE_ITEMS, GRAMMAR_VALUE, MUST, "自首日起取代上级的值",
     "from the first day instead of the parent's"                                       },
    {"why",    SHAPE_TEXT,  0,             MAY,  "理由",                         "why"},
    REF,
};
static const struct grammar_key disable_keys[] = {
    {"from", SHAPE_DAY,  0, MUST, "自哪一天起停用", "the day it ends"},
    {"why",  SHAPE_TEXT, 0, MAY,  "理由",                "why"            },
    REF,
};
static const struct grammar_key tests_keys[] = {
    {"base",  SHAPE_ONE,   GRAMMAR_BASE, MUST, "各测试共用的家庭", "the household of all tests"},
    {"tests", SHAPE_ITEMS, GRAMMAR_TEST, MUST, "测试",                   "the tests"                 },
};
static const struct grammar_key test_keys[] = {
    {"name",   SHAPE_TEXT, 0,              MUST,    "名称",                              "its name"                 },
    {"set",    SHAPE_FREE, 0,              MAY,     "改 base 的哪些处：路径: 值", "what differs: PATH: VALUE"},
    {"expect", SHAPE_ONE,  GRAMMAR_EXPECT, SOME_OF, "应得到什么",                     "what must come out"       },
    {"sweep",  SHAPE_ONE,  GRAMMAR_SWEEP,  SOME_OF, "一处依次取多个值",            "one path, many values"    },
};
static const struct grammar_key expect_keys[] = {
    {"outcome", SHAPE_WORD, WORDS_OUTCOME, MAY, "结论",                "the outcome"                       },
    {"reasons", SHAPE_LIST, 0,             MAY, "各项依据的理由", "reasons of all findings but doubts"},
    {"missing", SHAPE_LIST, 0,             MAY, "不清楚的原因",    "causes of the doubts"              },
    {"facts",   SHAPE_FREE, 0,             MAY, "家庭的各项数",    "facts of the household"            },
};
static const struct grammar_key sweep_keys[] = {
    {"path", SHAPE_TEXT,  0, MUST, "路径，如 members.A.incomes.0.amount", "the path"             },
    {"rows", SHAPE_VALUE, 0, MUST, "每行 [值, 结论]",                    "[VALUE, OUTCOME] each"},
};
static const struct grammar_key base_keys[] = {
    {"case",       SHAPE_CASE,    0, MUST, "申请",                                            "the application"     },
    {"members",    SHAPE_PERSONS, 0, MUST, "共同生活成员：A、B、C …",                "members: A, B, C …"},
    {"supporters", SHAPE_PERSONS, 0, MAY,  "赡养抚养扶养义务人",                       "supporters"          },
    {"coverage",   SHAPE_FREE,    0, MAY,  "部门反馈情况：成员 → 来源 → 状态",
     "member, source, its state"                                                                                      },
};
static const struct grammar_key routes_keys[] = {
    {"packs",     SHAPE_ITEMS, GRAMMAR_ROUTE,    MUST, "各项目、区划、日期用哪个规则包",
     "which pack for which programme, division and day"},
    {"conflicts", SHAPE_ITEMS, GRAMMAR_CONFLICT, MAY,  "只享受一种的项目",
     "programmes of which one is given"                },
};
static const struct grammar_key route_keys[] = {
    {"programme", SHAPE_CODE, 0, MUST, "救助项目",                      "the programme"               },
    {"division",  SHAPE_TEXT, 0, MAY,  "行政区划代码的前几位",    "first digits of the division"},
    {"from",      SHAPE_DAY,  0, MAY,  "自哪一天起",                   "the first day"               },
    {"until",     SHAPE_DAY,  0, MAY,  "自哪一天起不再适用",       "the first day no longer"     },
    {"pack",      SHAPE_TEXT, 0, MUST, "规则包的目录名",             "folder of the pack"          },
    {"area",      SHAPE_TEXT, 0, MAY,  "城镇或农村",                   "urban or rural"              },
    {"pays",      SHAPE_TEXT, 0, MAY,  "本项目给付金额的数字名", "the figure that it pays"     },
};
static const struct grammar_key conflict_keys[] = {
    ZH,
    EN,
    {"take",       SHAPE_WORD, WORDS_TAKE, MUST, "first 或 highest",           "first or highest"        },
    {"programmes", SHAPE_LIST, 0,          MUST, "只享一种的救助项目", "programmes, one is given"},
    REF,
};

#define CONSTRUCT(name, is_open, keys)                                                             \
    {                                                                                              \
        name, is_open, keys, LEN(keys)                                                             \
    }
static const struct grammar_construct constructs[GRAMMARS] = {
    [GRAMMAR_PACK] = CONSTRUCT("pack", false, pack_keys),
    [GRAMMAR_PARAM] = CONSTRUCT("param", false, param_keys),
    [GRAMMAR_VALUE] = CONSTRUCT("value", false, value_keys),
    [GRAMMAR_FACT] = CONSTRUCT("fact", false, fact_keys),
    [GRAMMAR_TABLE] = CONSTRUCT("table", false, table_keys),
    [GRAMMAR_ROW] = CONSTRUCT("row", true, row_keys),
    [GRAMMAR_RULE] = CONSTRUCT("rule", false, rule_keys),
    [GRAMMAR_UNLESS] = CONSTRUCT("unless", false, unless_keys),
    [GRAMMAR_REASON] = CONSTRUCT("reason", false, reason_keys),
    [GRAMMAR_EVIDENCE] = CONSTRUCT("evidence", false, evidence_keys),
    [GRAMMAR_DECLARED] = CONSTRUCT("declared", false, declared_keys),
    [GRAMMAR_MISSING] = CONSTRUCT("missing", false, missing_keys),
    [GRAMMAR_SET] = CONSTRUCT("set", false, set_keys),
    [GRAMMAR_DISABLE] = CONSTRUCT("disable", false, disable_keys),
    [GRAMMAR_TESTS] = CONSTRUCT("tests", false, tests_keys),
    [GRAMMAR_TEST] = CONSTRUCT("test", false, test_keys),
    [GRAMMAR_EXPECT] = CONSTRUCT("expect", false, expect_keys),
    [GRAMMAR_SWEEP] = CONSTRUCT("sweep", false, sweep_keys),
    [GRAMMAR_BASE] = CONSTRUCT("base", false, base_keys),
    [GRAMMAR_ROUTES] = CONSTRUCT("packs", false, routes_keys),
    [GRAMMAR_ROUTE] = CONSTRUCT("line", false, route_keys),
    [GRAMMAR_CONFLICT] = CONSTRUCT("conflict", false, conflict_keys),
};

const struct grammar_construct *
grammar_of(enum grammar of)
{
    assert((size_t)of < GRAMMARS);
    return &constructs[of];
}

bool
grammar_check(const struct yaml_node *map, enum grammar of, struct messages *messages)
{
    const struct grammar_construct *construct = grammar_of(of);
    const char *known[KEYS_MAX + 1], *must[KEYS_MAX + 1];
    uint32_t musts = 0;

    assert(construct->key_count <= KEYS_MAX && !construct->is_open);
    for (uint32_t i = 0; i < construct->key_count; i++) {
        known[i] = construct->keys[i].name;
        if (construct->keys[i].is_must)
            must[musts++] = construct->keys[i].name;
    }
    known[construct->key_count] = must[musts] = NULL;
    return yaml_check_keys(map, known, must, messages);
}
