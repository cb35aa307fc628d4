/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/t.h"

#include "engine/model/identity.h"
#include "engine/model/name.h"
#include "engine/model/value.h"

TEST(identity_parse_knows_its_documents)
{
    static const struct {
        const char *belief, *cell;
        enum cell_result want;
        enum identity_space space;
        bool is_upgraded, is_folded;
    } rows[] = {
        {"a citizen",                               "11010519491231002X",                                     CELL_OK,         IDENTITY_CITIZEN,  false, false},
        {"born 1880: valid, flagged",               "440524188001010014",                                     CELL_OK,         IDENTITY_CITIZEN,  false,
         false                                                                                                                                                },
        {"a leap day",                              "329901200002290019",                                     CELL_OK,         IDENTITY_CITIZEN,  false, false},
        {"wrong check digit",                       "340524198001010010",                                     CELL_CHECK,      0,                 false, false},
        {"no such day",                             "329901190002290012",                                     CELL_DAY,        0,                 false, false},
        {"15 digits are upgraded",                  "110105491231002",                                        CELL_OK,         IDENTITY_CITIZEN,  true,  false},
        {"996 to 999 are not",                      "329901980805997",                                        CELL_FORM,       0,                 false, false},
        {"HK residence permit",                     "810000188001010015",                                     CELL_OK,         IDENTITY_CITIZEN,  false, false},
        {"foreign permanent resident",              "999156188001010019",                                     CELL_OK,         IDENTITY_FOREIGN,  false,
         false                                                                                                                                                },
        {"credit code",                             "91350100M000100Y43",                                     CELL_OK,         IDENTITY_BODY,     false, false},
        {"credit code, wrong check",                "91350100M000100Y4Z",                                     CELL_FORM,       0,                 false, false},
        {"credit code of a blog, wrong",            "91310115MA1H8R7C6D",                                     CELL_CHECK,      0,                 false, false},
        {"lower-case x is folded",                  "11010519491231002x",                                     CELL_OK,         IDENTITY_CITIZEN,  false, true },
        {"full width is folded",                    "１１０１０５１９４９１２３１００２Ｘ", CELL_OK,         IDENTITY_CITIZEN,
         false,                                                                                                                                          true },
        {"blanks around",                           " 11010519491231002X\xE3\x80\x80",                        CELL_OK,         IDENTITY_CITIZEN,  false,
         true                                                                                                                                                 },
        {"an apostrophe",                           "'11010519491231002X",                                    CELL_OK,         IDENTITY_CITIZEN,  false, true },
        {"scientific notation",                     "1.10105E+17",                                            CELL_SCIENTIFIC, 0,                 false, false},
        {"17 digits",                               "11010519491231002",                                      CELL_LENGTH,     0,                 false, false},
        {"blank",                                   "  ",                                                     CELL_BLANK,      0,                 false, false},
        {"a credit code that begins with a letter", "A1330100MA1234567",                                      CELL_FORM,       0,                 false,
         false                                                                                                                                                },
        {"Macao residence permit",                  "820000188001010017",                                     CELL_OK,         IDENTITY_CITIZEN,  false, false},
        {"Taiwan residence permit",                 "830000188001010019",                                     CELL_OK,         IDENTITY_CITIZEN,  false, false},
        {"credit code, digits and P",               "12100000400002259P",                                     CELL_OK,         IDENTITY_BODY,     false, false},
        {"14 characters are no old card",           "USA11019001011",                                         CELL_FORM,       0,                 false, false},
        {"old foreign card",                        "USA110190010112",                                        CELL_OK,         IDENTITY_FOREIGN,  false, false},
        {"a hash in front",                         "#11010519491231002X",                                    CELL_OK,         IDENTITY_CITIZEN,  false, true },
        {"a tab behind",                            "11010519491231002X\t",                                   CELL_OK,         IDENTITY_CITIZEN,  false, true },
        {"15 digits, no such day",                  "329901650230021",                                        CELL_DAY,        0,                 false, false},
        {"long scientific notation",                "3.29901196503050E+17",                                   CELL_SCIENTIFIC, 0,                 false, false},
        {"scientific, lower case",                  "3.29901e+17",                                            CELL_SCIENTIFIC, 0,                 false, false},
        {"19 digits",                               "1101051949123100211",                                    CELL_LENGTH,     0,                 false, false},
        {"17 characters with X",                    "1101051949123102X",                                      CELL_LENGTH,     0,                 false, false},
        {"a blank inside",                          "110105 19491231002",                                     CELL_FORM,       0,                 false, false},
        {"X in the middle",                         "1101051949X231002X",                                     CELL_CHECK,      0,                 false, false},
        {"a letter O for a zero",                   "11O10519491231002X",                                     CELL_FORM,       0,                 false, false},
        {"words",                                   "见附件",                                              CELL_FORM,       0,                 false, false},
        {"bytes that are no text",                  "11010519491231002\xFF",                                  CELL_FORM,       0,                 false, false},
        {"an apostrophe alone is blank",            "'",                                                      CELL_BLANK,      0,                 false, false},
        {"a travel permit",                         "H12345678",                                              CELL_OK,         IDENTITY_TRAVEL,   false, false},
        {"a travel permit with its issue",          "M1234567801",                                            CELL_OK,         IDENTITY_TRAVEL,   false, false},
        {"a passport of two letters",               "EA1234567",                                              CELL_OK,         IDENTITY_PASSPORT, false, false},
        {"a passport of elsewhere",                 "C01X00T47",                                              CELL_FORM,       0,                 false, false},
        {"a passport",                              "E12345678",                                              CELL_OK,         IDENTITY_PASSPORT, false, false},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct identity identity = {0};
        T_ROW(rows[i].belief);
        T_EQ(identity_parse(text_of(rows[i].cell), &identity), rows[i].want);
        if (rows[i].want != CELL_OK)
            continue;
        T_EQ(identity_space_of(identity.key), rows[i].space);
        T_EQ(identity.is_upgraded, rows[i].is_upgraded);
        T_EQ(identity.is_folded, rows[i].is_folded);
    }
}

TEST(each_wrong_digit_is_seen)
{
    char cell[] = "329901196503050217";
    struct identity identity, other;

    T_EQ(identity_parse(text_of(cell), &identity), CELL_OK);
    T_TRUE(!identity.is_old);
    for (size_t i = 0; i < 18; i++) {
        char was = cell[i];
        for (char digit = '0'; digit <= '9'; digit++) {
            enum cell_result result;
            cell[i] = digit;
            result = identity_parse(text_of(cell), &other);
            T_ROW(cell);
            if (digit == was)
                T_EQ(result, CELL_OK);
            else
                T_TRUE(result == CELL_CHECK || result == CELL_FORM);
        }
        cell[i] = was;
    }
    T_ROW("born 1880 is flagged, not refused");
    T_EQ(identity_parse(text_of("440524188001010014"), &identity), CELL_OK);
    T_TRUE(identity.is_old && identity.has_birth);
    T_EQ(identity.born, date_of(1880, 1, 1));
    T_TRUE(identity.is_male);
}

TEST(key_spaces_never_meet)
{
    static const char *const cells[] = {
        "999156188001010019", "91350100M000100Y43", "H12345678",          "E12345678",
        "329901196503050217", "USA110190010112",    "810000188001010015", "H1234567800"};
    struct identity identities[LEN(cells)];

    for (size_t i = 0; i < LEN(cells); i++) {
        T_ROW(cells[i]);
        T_EQ(identity_parse(text_of(cells[i]), &identities[i]), CELL_OK);
        for (size_t j = 0; j < i; j++)
            T_TRUE(identities[i].key.hi != identities[j].key.hi ||
                   identities[i].key.lo != identities[j].key.lo);
    }
}

TEST(one_person_has_one_key)
{
    struct identity old, now, folded;

    T_ROW("15 and 18 digits");
    T_EQ(identity_parse(text_of("329901650305021"), &old), CELL_OK);
    T_EQ(identity_parse(text_of("329901196503050217"), &now), CELL_OK);
    T_TRUE(old.key.hi == now.key.hi && old.key.lo == now.key.lo);
    T_ROW("birth and sex come from the number");
    T_EQ(now.born, date_of(1965, 3, 5));
    T_TRUE(now.is_male);
    T_ROW("width changes nothing");
    T_EQ(identity_parse(text_of("３29901196503050217"), &folded), CELL_OK);
    T_TRUE(folded.key.lo == now.key.lo);
}

TEST(masks_hide_the_middle)
{
    struct identity identity;
    char out[32];

    T_EQ(identity_parse(text_of("329901196503050217"), &identity), CELL_OK);
    identity_mask(identity.key, out);
    T_STR(out, "329901********0217");
    T_EQ(identity_parse(text_of("91350100M000100Y43"), &identity), CELL_OK);
    identity_mask(identity.key, out);
    T_STR(out, "913501********0Y43");
    T_EQ(identity_parse(text_of("11010519491231002X"), &identity), CELL_OK);
    identity_mask(identity.key, out);
    T_STR(out, "110105********002X");
    T_EQ(identity_parse(text_of("E12345678"), &identity), CELL_OK);
    identity_mask(identity.key, out);
    T_STR(out, "E1*****78");
}

TEST(names_fold_and_mask)
{
    static const struct {
        const char *belief, *a, *b;
        bool is_same;
    } rows[] = {
        {"the same",                        "汪建国",                                                        "汪建国",          true },
        {"another person",                  "汪建国",                                                        "汪建军",          false},
        {"the dot of a minority name",      "买买提·艾力",                                                "买买提•艾力", true },
        {"the dot left out",                "买买提·艾力",                                                "买买提艾力",    true },
        {"a blank inside",                  "王 伟",                                                          "王伟",             true },
        {"full-width Latin",                "ＡＮＮＡ",                                                     "anna",               true },
        {"old private use",                 "\xEE\xA0\x9E强",                                                  "\xE9\xBE\xB4强",    true },
        {"another shape of a surname",      "黃偉",                                                           "黄伟",             true },
        {"another shape, among full width", "髙 強",                                                          "高强",             true },
        {"the first of the table",          "內",                                                              "内",                true },
        {"the last of the table",           "龔",                                                              "龚",                true },
        {"the whole table",
         "偉傑內刄劉吳呂啓啟嚴國孫寶峯張強彊愛慶昻曽東楊榮淸湯潁煕熈瓊產産盧眞祿穎羅羣興華萬葉蔣蕭"
         "蘇蘭許說説謝貴賀賈趙軍逹達邨鄧鄭錢鍾锺陳陸靑韓頴顧馬馮髙鳳麗黃龍龔",
         "伟杰内刃刘吴吕启启严国孙宝峰张强强爱庆昂曾东杨荣清汤颍熙熙琼产产卢真禄颖罗群兴华万叶蒋萧"
         "苏兰许说说谢贵贺贾赵军达达村邓郑钱钟钟陈陆青韩颖顾马冯高凤丽黄龙龚",
         true                                                                                                                              },
        {"two surnames that sound alike",   "肖强",                                                           "萧强",             false},
        {"middle dots of every kind",       "阿依．古丽",                                                  "阿依・古丽",    true },
    };
    char a[NAME_MAX], b[NAME_MAX];

    for (size_t i = 0; i < LEN(rows); i++) {
        struct text x = {a, name_fold(text_of(rows[i].a), a)};
        struct text y = {b, name_fold(text_of(rows[i].b), b)};
        T_ROW(rows[i].belief);
        T_EQ(text_eq(x, y), rows[i].is_same);
    }
    T_TEXT(((struct text){a, name_mask(text_of("汪建国"), a)}), TEXT("汪**"));
    T_TEXT(((struct text){a, name_mask(text_of("欧阳修文"), a)}), TEXT("欧阳**"));
}

T_MAIN(T(identity_parse_knows_its_documents), T(each_wrong_digit_is_seen), T(key_spaces_never_meet),
       T(one_person_has_one_key), T(masks_hide_the_middle), T(names_fold_and_mask))
