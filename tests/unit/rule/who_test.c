/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a source is asked about: what an application says by itself, before any key or record. */
#include "engine/rule/pack.h"

#include <sys/stat.h>

#include "tests/unit/match/county.h"

#define HEAD                                                                                       \
    "hedui: 1\npack: t\nzh: 试\nlevel: county\nprogramme: dibao\n"                                \
    "evidence:\n  bank: {zh: 银行, kinds: [account], valid_days: 9, grade: final, who: '"

static const char *
pack_put(const struct county *county, const char *who)
{
    static char dir[96];
    char path[128];
    FILE *file;

    snprintf(dir, sizeof dir, "%s/pack", county->dir);
    snprintf(path, sizeof path, "%s/pack.yaml", dir);
    (void)mkdir(dir, 0700);
    file = fopen(path, "w");
    T_TRUE(file != NULL);
    fprintf(file, HEAD "%s'}\n", who);
    fclose(file);
    return dir;
}

TEST(a_source_is_asked_about_whom_the_pack_says)
{
    static const struct {
        const char *belief, *who;
        uint64_t first, second;
    } rows[] = {
        {"everybody",                     "size(members) == 2",                       1, 1},
        {"by birth",                      "member.born < date(\"1970-01-01\")",       1, 0},
        {"nobody else has this name",
         "members.all(o, o.key == member.key || o.name != member.name)",              1, 1},
        {"a name is its own",             "members.exists(o, o.name == member.name)", 1, 1},
        {"an identity is nobody else\'s",
         "members.exists(o, o.key != member.key && o.id_no == member.id_no)",         0, 0},
        {"not known is asked",            "member.student",                           1, 1},
    };
    static const struct given_person persons[] = {
        {ALMA,  "张三"},
        {BORIS, "李四"}
    };
    struct county county;

    (void)county_deliver; /* nothing is delivered here, nothing looked up */
    (void)county_look;
    county_open(&county);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct application application = application_given(&county, persons, 2);
        struct messages messages;
        struct err err = {0};
        struct pack *pack;
        uint64_t mask[2] = {0, 0};

        T_ROW(rows[i].belief);
        messages_init(&messages, &county.arena);
        T_OK(pack_load(&pack, pack_put(&county, rows[i].who), county.model, &messages,
                       &county.arena, &err),
             &err);
        T_OK(pack_who(pack, &application, mask, &county.arena, &err), &err);
        T_EQ(mask[0], rows[i].first);
        T_EQ(mask[1], rows[i].second);
    }
    county_close(&county);
}

TEST(names_are_equal_as_folded_names_are)
{
    static const struct {
        const char *belief, *other;
        uint64_t mask;
    } rows[] = {
        {"the same name",        "张三",  1},
        {"written with a blank", "张 三", 1},
        {"another name",         "张四",  0},
    };
    struct county county;

    county_open(&county);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct given_person persons[] = {
            {ALMA,  "张三"     },
            {BORIS, rows[i].other}
        };
        struct application application = application_given(&county, persons, 2);
        struct messages messages;
        struct err err = {0};
        struct pack *pack;
        uint64_t mask[2] = {0, 0};

        T_ROW(rows[i].belief);
        messages_init(&messages, &county.arena);
        T_OK(pack_load(&pack, pack_put(&county, "members.all(o, o.name == member.name)"),
                       county.model, &messages, &county.arena, &err),
             &err);
        T_OK(pack_who(pack, &application, mask, &county.arena, &err), &err);
        T_EQ(mask[0], rows[i].mask);
    }
    county_close(&county);
}

T_MAIN(T(a_source_is_asked_about_whom_the_pack_says), T(names_are_equal_as_folded_names_are))
