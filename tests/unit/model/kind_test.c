/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/model/kind.h"

static const char sound[] = "model: small/1\n"
                            "codes:\n"
                            "  relation: {self: {zh: 本人, en: applicant}, spouse: 配偶}\n"
                            "  role: {member: 成员}\n"
                            "kinds:\n"
                            "  applicant:\n"
                            "    zh: 申请对象\n"
                            "    owner: id_no\n"
                            "    list: members\n"
                            "    limit: 30\n"
                            "    fields:\n"
                            "      id_no: {type: identity, zh: 证件号码}\n"
                            "      relation: {type: code(relation), zh: 关系, of: case}\n"
                            "  property:\n"
                            "    zh: 不动产\n"
                            "    en: real estate\n"
                            "    owner: owner\n"
                            "    list: properties\n"
                            "    limit: 50\n"
                            "    fields:\n"
                            "      owner: {type: identity, zh: 权利人}\n"
                            "      holder: {type: name, blank: none, zh: 姓名}\n"
                            "      unit: {type: text, zh: 单元号, thing: yes, sensitive: high}\n"
                            "      month: {type: month, zh: 月份, period: yes}\n"
                            "      share: {type: decimal(4), blank: unknown, zh: 份额, share: yes, "
                            "min: 0, max: 1}\n"
                            "      value: {type: money, zh: 价值, min: -0.01, max: 12.5}\n"
                            "      note: {type: text, zh: 备注, rules: no}\n";

static struct arena arena;
static struct messages messages;
static struct err err;

/* The sound model with `was` replaced by `is`, through a file, as it always comes. */
static hedui_status
model_of(struct model **out, const char *was, const char *is)
{
    struct text text = text_of(sound);
    char path[] = "/tmp/hedui-kind-XXXXXX";
    int fd = mkstemp(path);
    struct buf buf;
    hedui_status rc;

    T_TRUE(fd >= 0);
    buf_init(&buf, false);
    if (was != NULL) {
        size_t at = text_find(text, text_of(was));
        T_TRUE(at != SIZE_MAX);
        buf_put(&buf, sound, at);
        buf_str(&buf, is);
        at += strlen(was);
        text = (struct text){text.at + at, text.len - at};
    }
    buf_text(&buf, text);
    T_EQ(write(fd, buf.at, buf.len), (ssize_t)buf.len);
    close(fd);
    buf_release(&buf);
    messages_init(&messages, &arena);
    rc = model_load(out, path, &messages, &arena, &err);
    unlink(path);
    return rc;
}

TEST(a_sound_model_is_read_whole)
{
    struct model *model = NULL;
    const struct kind *kind;

    arena_init(&arena, "test", 0, false);
    T_OK(model_of(&model, NULL, NULL), &err);
    T_TEXT(model->name, TEXT("small/1"));
    T_EQ(model->kind_count, 2);
    T_TRUE(model->applicant == model_kind(model, TEXT("applicant")));
    kind = model_kind_by_list(model, TEXT("properties"));
    T_TRUE(kind != NULL);
    T_EQ(kind->number, 1);
    T_EQ(kind->limit, 50);
    T_EQ(kind->owner, 0);
    T_EQ(kind->owner_name, 1);
    T_EQ(kind->period, 3);
    T_EQ(kind->share, 4);
    T_TRUE(kind->has_thing);
    T_TEXT(kind->en, TEXT("real estate"));
    T_ROW("marks and what a blank means");
    T_EQ(kind->fields[1].blank, BLANK_NONE);
    T_EQ(kind->fields[2].blank, BLANK_REFUSES);
    T_EQ(kind->fields[4].blank, BLANK_UNKNOWN);
    T_TRUE(kind->fields[2].is_thing && kind->fields[2].is_sensitive);
    T_TRUE(kind->fields[6].is_closed && !kind->fields[5].is_closed);
    T_ROW("bounds stand in the units of the value");
    T_EQ(kind->fields[4].max, 10000);
    T_EQ(kind->fields[5].min, -1);
    T_EQ(kind->fields[5].max, 1250);
    T_TRUE(kind->fields[5].has_min && !kind->fields[6].has_min);
    T_ROW("code lists are numbered from 0");
    T_TRUE(model->applicant->fields[1].is_of_case);
    T_EQ(code_find(model->applicant->fields[1].codes, TEXT("spouse")), 1);
    T_EQ(code_find(model->applicant->fields[1].codes, TEXT("child")), -1);
    T_ROW("a code has a label in one language or in two");
    T_TEXT(model->lists[0].codes[0].zh, TEXT("本人"));
    T_TEXT(model->lists[0].codes[0].en, TEXT("applicant"));
    T_TEXT(model->lists[0].codes[1].zh, TEXT("配偶"));
    T_EQ(model->lists[0].codes[1].en.len, 0);
    T_ROW("did you mean, by name and by label");
    T_TEXT(kind_near_field(kind, TEXT("ownr")), TEXT("owner"));
    T_TEXT(kind_near_field(kind, TEXT("权利")), TEXT("owner"));
    T_EQ(kind_near_field(kind, TEXT("somethingelse")).len, 0);
    arena_release(&arena);
}

TEST(a_wrong_model_is_refused_with_its_place)
{
    static const struct {
        const char *belief, *was, *is, *code, *en; /* en: part of the message */
    } rows[] = {
        {"no such type",                      "type: money",                 "type: mony",                  "T203", "did you mean \"money\"?"},
        {"no such code list",                 "code(relation)",              "code(relatoin)",              "N104",
         "did you mean \"relation\"?"                                                                                                        },
        {"a decimal of seven places",         "decimal(4)",                  "decimal(7)",                  "T203", "no type"                },
        {"no such key",                       "thing: yes",                  "thingy: yes",                 "Y013", "thing"                  },
        {"a key is missing",                  "    list: properties\n",      "",                            "Y014", "list"                   },
        {"a field without a type",            "{type: text, zh: 备注",     "{zh: 备注",                 "Y014", "type"                   },
        {"a mark that is neither yes nor no", "thing: yes",                  "thing: maybe",                "T203", "yes or no"              },
        {"a slip of sensitive opens nothing", "sensitive: high",             "sensitive: hgih",             "T203",
         "can only be high"                                                                                                                  },
        {"a slip of of: case",                "of: case",                    "of: cases",                   "T203", "can only be case"       },
        {"blank is none or unknown",          "blank: none",                 "blank: nothing",              "T203", "none or unknown"        },
        {"owner is no field",                 "owner: owner\n",              "owner: ownr\n",               "N101", "did you mean \"owner\"?"},
        {"owner is no identity",              "owner: owner\n",              "owner: holder\n",             "N101", "type identity"          },
        {"list name used twice",              "list: properties",            "list: members",               "N102", "list name"              },
        {"limit of none",                     "limit: 50",                   "limit: 0",                    "T203", "from 1 to 100000"       },
        {"limit past the most",               "limit: 50",                   "limit: 100001",               "T203", "from 1 to 100000"       },
        {"a bound of another form",           "max: 12.5",                   "max: many",                   "T203", "must fit"               },
        {"a bound with a third decimal",      "max: 12.5",                   "max: 12.505",                 "T203", "must fit"               },
        {"a bound on a text",                 "zh: 备注",                  "zh: 备注, min: 1",          "T203", "must fit"               },
        {"min above max",                     "min: -0.01",                  "min: 12.51",                  "T203", "above"                  },
        {"a period that may be blank",        "period: yes",                 "period: yes, blank: unknown", "T203",
         "cannot be blank"                                                                                                                   },
        {"period on a text",                  "period: yes",                 "share: yes",                  "T203", "stands on"              },
        {"an amount per week",                "max: 12.5",                   "max: 12.5, per: week",        "T203", "once, month or year"    },
        {"a period of a text",                "zh: 备注",                  "zh: 备注, per: month",      "T203", "stands on a money"      },
        {"two periods",                       "zh: 备注, rules: no",       "zh: 备注, period: yes",     "T203", "period"                 },
        {"a name that no rule could write",   "holder:",                     "Holder:",                     "T203", "lower-case"             },
        {"an empty label",                    "zh: 备注",                  "zh: ''",                      "T203", "label"                  },
        {"an empty English label",            "en: real estate",             "en: ''",                      "T203", "label"                  },
        {"a code without a Chinese label",    "{zh: 本人, en: applicant}", "{en: applicant}",             "Y014",
         "zh"                                                                                                                                },
        {"a code with a key too many",        "{zh: 本人, en: applicant}", "{zh: 本人, fr: demandeur}",
         "Y013",                                                                                                    "fr"                     },
        {"an empty code list",                "{member: 成员}",            "{}",                          "T203", "1 to 250"               },
        {"a pair without the owner",          "    list: properties\n",
         "    list: properties\n    pair: {unit: note}\n",                                                  "T203", "faces the owner"        },
        {"a pair of two types",               "    list: properties\n",
         "    list: properties\n    pair: {owner: holder}\n",                                               "T203", "of one type"            },
        {"a pair with no such field",         "    list: properties\n",
         "    list: properties\n    pair: {owner: partner}\n",                                              "T203", "of one type"            },
        {"a pair that is no map",             "    list: properties\n",
         "    list: properties\n    pair: owner\n",                                                         "T203", "faces the owner"        },
        {"a pair of one field",               "    list: properties\n",
         "    list: properties\n    pair: {owner: owner}\n",                                                "T203", "each named once"        },
        {"no applicant",                      "  applicant:",                "  applicants:",               "N104", "applicant"              },
    };

    arena_init(&arena, "test", 0, false);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct model *model = NULL;
        bool is_found = false;

        T_ROW(rows[i].belief);
        T_EQ(model_of(&model, rows[i].was, rows[i].is), HEDUI_E_INPUT);
        T_TRUE(model == NULL);
        for (uint32_t m = 0; m < messages.count; m++) {
            T_TRUE(messages.items[m].place.line > 0);
            is_found =
                is_found || (strcmp(messages.items[m].code, rows[i].code) == 0 &&
                             text_find(messages.items[m].en, text_of(rows[i].en)) != SIZE_MAX);
        }
        if (!is_found)
            T_FAIL("got %s: %.*s", messages.items[0].code, TEXT_ARG(messages.items[0].en));
    }
    arena_release(&arena);
}

TEST(a_pair_is_two_sides_of_one_row)
{
    struct model *model = NULL;
    const struct kind *kind;

    arena_init(&arena, "test", 0, false);
    T_OK(model_of(&model, "    list: properties\n    limit: 50\n    fields:\n",
                  "    list: properties\n    limit: 50\n    pair: {owner: partner}\n    fields:\n"
                  "      partner: {type: identity, blank: none, zh: 另一方}\n"),
         &err);
    kind = model_kind_by_list(model, TEXT("properties"));
    T_ROW("the two fields take each other's place, all others their own");
    T_EQ(kind->owner, 1);
    T_EQ(kind->other, 0);
    T_EQ(kind->facing[0], 1);
    T_EQ(kind->facing[1], 0);
    T_EQ(kind->facing[2], 2);
    T_ROW("a kind without a pair has one side");
    T_TRUE(model->applicant->facing == NULL);
    arena_release(&arena);
}

TEST(the_shipped_model_loads)
{
    struct model *model = NULL;

    arena_init(&arena, "test", 0, false);
    messages_init(&messages, &arena);
    T_OK(model_load(&model, "rules/model.yaml", &messages, &arena, &err), &err);
    T_EQ(messages.count, 0);
    T_TEXT(model->name, TEXT("household/1"));
    arena_release(&arena);
}

T_MAIN(T(a_sound_model_is_read_whole), T(a_wrong_model_is_refused_with_its_place),
       T(a_pair_is_two_sides_of_one_row), T(the_shipped_model_loads))
