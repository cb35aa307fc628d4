/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/index/key.h"

#include <fcntl.h>

#include "tests/unit/index/feed.h"

#include "engine/index/keyer.h"

static void
file_put(const char *path, const char *bytes, mode_t mode)
{
    int fd;

    unlink(path);
    fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    T_TRUE(fd >= 0 && write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes));
    T_EQ(fchmod(fd, mode), 0);
    close(fd);
}

#define HEX32 "0123456789abcdef0123456789ABCDEF"

TEST(a_key_file_is_taken_as_it_must_be)
{
    static const struct {
        const char *belief, *bytes;
        mode_t mode;
        hedui_status want;
    } rows[] = {
        {"64 digits and a newline", HEX32 HEX32 "\n",                           0600, HEDUI_OK      },
        {"64 digits alone",         HEX32 HEX32,                                0400, HEDUI_OK      },
        {"readable by the group",   HEX32 HEX32 "\n",                           0640, HEDUI_E_USAGE },
        {"readable by all",         HEX32 HEX32 "\n",                           0604, HEDUI_E_USAGE },
        {"too short",               HEX32 "\n",                                 0600, HEDUI_E_FORMAT},
        {"too long",                HEX32 HEX32 "00\n",                         0600, HEDUI_E_FORMAT},
        {"no hexadecimal",          HEX32 "0123456789abcdef0123456789abcdeg\n", 0600, HEDUI_E_FORMAT},
        {"empty",                   "",                                         0600, HEDUI_E_FORMAT},
    };
    char path[96];

    snprintf(path, sizeof path, "%s/other-key", test_dir);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct master_key *key = NULL;
        struct err err;

        T_ROW(rows[i].belief);
        file_put(path, rows[i].bytes, rows[i].mode);
        T_EQ(master_key_open(&key, test_dir, path, NULL, &err), rows[i].want);
        if (rows[i].want == HEDUI_E_USAGE)
            T_TRUE(strstr(err.text, "chmod 600") != NULL);
        master_key_close(key);
    }
}

TEST(a_key_is_made_once)
{
    struct master_key *first = NULL, *second = NULL;
    struct stat st;
    struct err err;
    char path[96];
    bool is_new = false;

    T_ROW("made on first use, for its owner alone");
    T_OK(master_key_open(&first, test_dir, NULL, &is_new, &err), &err);
    T_TRUE(is_new);
    snprintf(path, sizeof path, "%s/key", test_dir);
    T_EQ(stat(path, &st), 0);
    T_EQ(st.st_mode & 0777, 0600);
    T_ROW("found on the second");
    T_OK(master_key_open(&second, test_dir, NULL, &is_new, &err), &err);
    T_TRUE(!is_new);
    T_EQ(master_key_id(first), master_key_id(second));
    master_key_close(second);
    T_ROW("a lost key is not replaced where there is data");
    T_EQ(unlink(path), 0);
    snprintf(path, sizeof path, "%s/current", test_dir);
    file_put(path, "x", 0600);
    T_EQ(master_key_open(&second, test_dir, NULL, &is_new, &err), HEDUI_E_FORMAT);
    T_EQ(unlink(path), 0);
    T_ROW("another key has another id");
    T_OK(master_key_open(&second, test_dir, NULL, &is_new, &err), &err);
    T_TRUE(master_key_id(first) != master_key_id(second));
    master_key_close(first);
    master_key_close(second);
}

TEST(many_are_as_one_by_one)
{
    enum { MANY = 1100 };
    static char bytes[MANY][300];
    static struct text texts[MANY];
    static struct name_tag names[MANY];
    static uint64_t tags[MANY];
    static struct key128 persons[MANY], masked[MANY];
    struct master_key *key = NULL;
    struct keyer *keyer = NULL;
    struct err err;

    T_OK(master_key_open(&key, test_dir, NULL, NULL, &err), &err);
    T_OK(keyer_open(&keyer, key, &err), &err);
    for (size_t i = 0; i < MANY; i++) {
        texts[i] = (struct text){bytes[i], i % 300};
        memset(bytes[i], 'a' + (int)(i % 26), i % 300);
        persons[i] = test_person(i);
    }
    keyer_names(keyer, texts, names, MANY);
    keyer_texts(keyer, texts, tags, MANY);
    keyer_pseudonyms(keyer, persons, masked, MANY);
    for (size_t i = 0; i < MANY; i++) {
        struct key128 one;
        T_ROW("names");
        T_EQ(keyer_name(keyer, texts[i]).tag, names[i].tag);
        T_EQ(keyer_name(keyer, texts[i]).check, names[i].check);
        T_ROW("texts, one block or more");
        T_EQ(keyer_text(keyer, texts[i]), tags[i]);
        T_ROW("pseudonyms, and no two alike");
        keyer_pseudonyms(keyer, &persons[i], &one, 1);
        T_EQ(one.hi, masked[i].hi);
        T_EQ(one.lo, masked[i].lo);
        T_TRUE(i == 0 || masked[i].hi != masked[i - 1].hi || masked[i].lo != masked[i - 1].lo);
    }
    keyer_close(keyer);
    master_key_close(key);
}

TEST(tags_tell_what_they_should)
{
    static const struct {
        const char *belief, *a, *b;
        bool same_tag, same_check;
    } rows[] = {
        {"the same name",                  "王小明",               "王小明",                true,  true },
        {"another name",                   "王小明",               "王小朋",                false, false},
        {"another separator is a variant", "阿卜杜拉·买买提", "阿卜杜拉•买买提", true,  false},
        {"width is a variant",             "ANNA",                    "ＡＮＮＡ",             true,  false},
    };
    struct master_key *key = NULL;
    struct keyer *keyer = NULL;
    struct err err;

    T_OK(master_key_open(&key, test_dir, NULL, NULL, &err), &err);
    T_OK(keyer_open(&keyer, key, &err), &err);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct name_tag a = keyer_name(keyer, text_of(rows[i].a));
        struct name_tag b = keyer_name(keyer, text_of(rows[i].b));
        T_ROW(rows[i].belief);
        T_EQ(a.tag == b.tag, rows[i].same_tag);
        T_EQ(a.check == b.check, rows[i].same_check);
    }
    T_ROW("a NUL at the end makes another text");
    T_TRUE(keyer_text(keyer, (struct text){"a\0", 2}) != keyer_text(keyer, TEXT("a")));
    T_ROW("one block and two do not meet");
    T_TRUE(keyer_text(keyer, TEXT("123456789012345")) !=
           keyer_text(keyer, TEXT("1234567890123456")));
    keyer_close(keyer);
    master_key_close(key);
}

TEST(a_mask_keeps_the_tail_alone)
{
    static const struct {
        const char *belief, *text, *want;
    } rows[] = {
        {"an account keeps four",     "6222000012345678",            "****5678"        },
        {"nine characters keep four", "123456789",                   "****6789"        },
        {"a plate keeps one",         "苏A12345",                   "**5"             },
        {"eight characters keep one", "12345678",                    "**8"             },
        {"two keep none",             "ab",                          "**"              },
        {"nothing keeps nothing",     "",                            "**"              },
        {"characters, not bytes",     "一二三四五六七八九", "****六七八九"},
    };
    char out[TEXT_MASK_MAX];

    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        T_TEXT(((struct text){out, text_mask(text_of(rows[i].text), out)}), text_of(rows[i].want));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_key_file_is_taken_as_it_must_be),
        T(a_key_is_made_once),
        T(many_are_as_one_by_one),
        T(tags_tell_what_they_should),
        T(a_mask_keeps_the_tail_alone),
    };
    int failed;

    test_dir_make();
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    test_dir_remove();
    return failed;
}
