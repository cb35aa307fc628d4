/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/mapping.h"

#include <stdlib.h>
#include <unistd.h>

#include "engine/base/sys.h"
#include "tests/t.h"

static const char base[] = "mapping: t\nversion: 1\nkind: account\nsource: bank\n"
                           "fields:\n"
                           "  owner: {column: id}\n"
                           "  bank: {value: 甲行}\n"
                           "  number: {column: no}\n"
                           "  day: {column: day}\n";

static hedui_status
load(const char *tail, const char *whole, struct mapping **out, struct messages *messages,
     struct arena *arena, struct err *err)
{
    char path[] = "/tmp/hedui-mapping-XXXXXX";
    int fd = mkstemp(path);
    struct model *model;
    struct messages model_messages;
    hedui_status rc;

    T_TRUE(fd >= 0);
    if (whole == NULL)
        T_OK(sys_write_all(fd, base, sizeof base - 1, path, err), err);
    T_OK(sys_write_all(fd, whole == NULL ? tail : whole, strlen(whole == NULL ? tail : whole), path,
                       err),
         err);
    close(fd);
    messages_init(&model_messages, arena);
    T_OK(model_load(&model, "rules/model.yaml", &model_messages, arena, err), err);
    messages_init(messages, arena);
    rc = mapping_load(out, path, model, messages, arena, err);
    unlink(path);
    return rc;
}

TEST(mapping_says_what_is_wrong_and_where)
{
    static const struct {
        const char *belief, *tail, *code, *says;
        uint32_t line;
    } rows[] = {
        {"all is well",                                 "  category: {column: type}\n",                            NULL,   NULL,                        0 },
        {"a field that must not be blank has a column", "",                                                        "F111", "category",                  6 },
        {"a field that the kind has not",               "  catgory: {column: type}\n  category: {column: t}\n",
         "F102",                                                                                                           "did you mean \"category\"", 10},
        {"a key that a field has not",                  "  category: {column: type, cods: x}\n",                   "Y013", "codes",
         10                                                                                                                                               },
        {"a table that is not there",
         "  category: {column: type, codes: kat}\ncodes: {kate: {A: current}}\n",                                  "F103",
         "did you mean \"kate\"",                                                                                                                       10},
        {"a code that the model has not",
         "  category: {column: type, codes: c}\ncodes: {c: {A: curent}}\n",                                        "F104",
         "did you mean \"current\"",                                                                                                                    11},
        {"a unit on what has none",                     "  category: {column: type, unit: 元}\n",                 "F106", "unit",                      10},
        {"a unit that money has not",
         "  category: {column: t}\n  balance: {column: b, unit: 亿元}\n",                                        "F106", "万元",                    11},
        {"a date form that is none",
         "  category: {column: t}\n  owner_name: {column: n, date: serial}\n",                                     "F107", "date",                      11},
        {"codes on what is no code",
         "  category: {column: t}\n  owner_name: {column: n, codes: c}\n",                                         "F103", "no code",                   11},
        {"a rank that forgets a code",
         "  category: {column: t, several: {by: \"、\", rank: [current]}}\n",                                     "F108", "rank",                      10},
        {"neither column nor value",                    "  category: {}\n",                                        "F102", "column",                    10},
        {"both column and value",                       "  category: {column: t, value: current}\n",               "F102", "column",
         10                                                                                                                                               },
        {"a value that does not fit",                   "  category: {value: gold}\n",                             "F109", "value",                     10},
        {"| and GB18030",                               "  category: {column: t}\nfile: {delimiter: \"|\"}\n",     "F110", "utf-8",
         11                                                                                                                                               },
        {"a charset that is not read",                  "  category: {column: t}\nfile: {charset: [big5]}\n",      "F110",
         "charset",                                                                                                                                     11},
        {"a dedupe key that is no field",               "  category: {column: t}\ndedupe: {key: [ownr]}\n",
         "F102",                                                                                                           "owner",                     11},
        {"a share without %",                           "  category: {column: t}\nunplaced_max: 0.5\n",            "F113", "percentage",
         11                                                                                                                                               },
        {"a skip without its why",                      "  category: {column: t}\nskip: [{column: a, in: [b]}]\n",
         "Y014",                                                                                                           "why",                       11},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct arena arena;
        struct messages messages;
        struct mapping *mapping = NULL;
        struct err err;
        bool is_found = false;

        arena_init(&arena, "test", 0, false);
        T_ROW(rows[i].belief);
        hedui_status rc = load(rows[i].tail, NULL, &mapping, &messages, &arena, &err);
        T_EQ(rc, rows[i].code == NULL ? HEDUI_OK : HEDUI_E_INPUT);
        T_EQ(mapping != NULL, rows[i].code == NULL);
        for (uint32_t m = 0; m < messages.count; m++) {
            const struct message *message = &messages.items[m];
            is_found = is_found || (strcmp(message->code, rows[i].code) == 0 &&
                                    message->place.line == rows[i].line &&
                                    (text_find(message->en, text_of(rows[i].says)) != SIZE_MAX ||
                                     text_find(message->zh, text_of(rows[i].says)) != SIZE_MAX));
            if (!is_found && m + 1 == messages.count)
                T_FAIL("got %s at line %u: %.*s", message->code, message->place.line,
                       TEXT_ARG(message->en));
        }
        T_EQ(is_found, rows[i].code != NULL);
        arena_release(&arena);
    }
}

TEST(mapping_tells_what_it_holds)
{
    struct arena arena;
    struct messages messages;
    struct mapping *mapping = NULL;
    struct err err;

    arena_init(&arena, "test", 0, false);
    T_OK(load("  category: {column: t}\ndedupe: {key: [owner, number]}\nunplaced_max: 0.25%\n",
              NULL, &mapping, &messages, &arena, &err),
         &err);
    T_TEXT(mapping_name(mapping), TEXT("t"));
    T_TEXT(mapping_source(mapping), TEXT("bank"));
    T_EQ(mapping_version(mapping), 1);
    T_EQ(mapping_unplaced_max(mapping), 2500);
    int32_t owner = kind_field(mapping_kind(mapping), TEXT("owner"));
    int32_t number = kind_field(mapping_kind(mapping), TEXT("number"));
    T_EQ(mapping_dedupe(mapping), 1 << owner | 1 << number);
    arena_release(&arena);
}

TEST(mapping_wants_a_kind_of_the_model)
{
    struct arena arena;
    struct messages messages;
    struct mapping *mapping = NULL;
    struct err err;

    arena_init(&arena, "test", 0, false);
    T_EQ(load(NULL, "mapping: t\nversion: 1\nkind: acount\nsource: b\nfields: {}\n", &mapping,
              &messages, &arena, &err),
         HEDUI_E_INPUT);
    T_STR(messages.items[0].code, "F114");
    T_TRUE(strstr(err.text, "account") != NULL);
    arena_release(&arena);
}

T_MAIN(T(mapping_says_what_is_wrong_and_where), T(mapping_tells_what_it_holds),
       T(mapping_wants_a_kind_of_the_model))
