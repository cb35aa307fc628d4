/* SPDX-License-Identifier: Apache-2.0 */
/* t.h: a page of macros over cmocka. A table per test, one belief per row, in words, first.
 *
 *   TEST(money_parse_never_guesses) { … T_ROW(rows[i].belief); T_EQ(got, want); }
 *   T_MAIN(T(money_parse_never_guesses), T(another)) */
#ifndef HEDUI_TESTS_T_H
#define HEDUI_TESTS_T_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/err.h"
#include "engine/base/text.h"

static const char *t_belief = "";

#define TEST(name) static void name(void **t_state __attribute__((unused)))
#define T(name) cmocka_unit_test(name)
#define T_MAIN(...)                                                                                \
    int main(void)                                                                                 \
    {                                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, NULL, NULL);                                          \
    }
#define T_ROW(belief) (t_belief = (belief))
#define T_FAIL(...)                                                                                \
    do {                                                                                           \
        fprintf(stderr, "%s:%d: [%s] ", __FILE__, __LINE__, t_belief);                             \
        fprintf(stderr, __VA_ARGS__);                                                              \
        fputc('\n', stderr);                                                                       \
        fail();                                                                                    \
    } while (0)
#define T_TRUE(fact)                                                                               \
    do {                                                                                           \
        if (!(fact))                                                                               \
            T_FAIL("not true: %s", #fact);                                                         \
    } while (0)
#define T_EQ(got, want)                                                                            \
    do {                                                                                           \
        long long t_got_ = (long long)(got), t_want_ = (long long)(want);                          \
        if (t_got_ != t_want_)                                                                     \
            T_FAIL("%s is %lld, want %lld", #got, t_got_, t_want_);                                \
    } while (0)
#define T_TEXT(got, want)                                                                          \
    do {                                                                                           \
        struct text t_got_ = (got), t_want_ = (want);                                              \
        if (!text_eq(t_got_, t_want_))                                                             \
            T_FAIL("%s is \"%.*s\", want \"%.*s\"", #got, TEXT_ARG(t_got_), TEXT_ARG(t_want_));    \
    } while (0)
#define T_STR(got, want) T_TEXT(text_of(got), text_of(want))
#define T_OK(status, err)                                                                          \
    do {                                                                                           \
        if ((status) != HEDUI_OK)                                                                  \
            T_FAIL("%s: %s", #status, (err)->text);                                                \
    } while (0)
#define UNTOUCHED INT64_C(-987654321)

#endif
