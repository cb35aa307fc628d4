/* SPDX-License-Identifier: Apache-2.0 */
/* Failpoints act in trees that are built with HEDUI_FAILPOINTS (fp, asan); in a release tree the
 * same test holds that they do nothing. */
#include "engine/base/fp.h"

#include <errno.h>
#include <stdlib.h>

#include "tests/t.h"

TEST(failpoints_act_at_their_passing)
{
#ifdef HEDUI_FAILPOINTS
    static const int armed = 1;
#else
    static const int armed = 0;
#endif
    static const struct {
        const char *belief, *name;
        int want;
    } rows[] = {
        {"first passing of @2",    "a.write", 0     },
        {"second passing of @2",   "a.write", EIO   },
        {"third passing of @2",    "a.write", 0     },
        {"first passing, no @",    "b.fsync", ENOSPC},
        {"and never again",        "b.fsync", 0     },
        {"nobody armed it",        "c.other", 0     },
        {"a prefix is not a name", "a",       0     },
    };

    T_EQ(setenv("HEDUI_FP", "a.write:eio@2,b.fsync:enospc", 1), 0);
    for (size_t i = 0; i < LEN(rows); i++) {
        T_ROW(rows[i].belief);
        errno = 0;
        T_EQ(FP(rows[i].name), armed * rows[i].want);
        T_EQ(errno, armed * rows[i].want);
    }
}

T_MAIN(T(failpoints_act_at_their_passing))
