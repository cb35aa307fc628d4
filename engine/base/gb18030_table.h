/* SPDX-License-Identifier: Apache-2.0 */
/* gb18030_table.h: GB 18030-2022 as numbers; what they mean, charset.c knows.
 *
 * From     gb18030_gen.py, which states the differences between the editions
 * Lives    read-only data */
#ifndef HEDUI_FEED_GB18030_TABLE_H
#define HEDUI_FEED_GB18030_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define GB18030_TWO (126 * 190) /* lead 0x81–0xFE × trail 0x40–0x7E, 0x80–0xFE */
#define GB18030_EXTRA 6
#define GB18030_EXTRA_BASE 0xD800 /* in gb18030_two: gb18030_extra[value - base] */
#define GB18030_FOUR_BMP 39420    /* four-byte forms below name the basic plane … */
#define GB18030_FOUR_HIGH 189000  /* … and from here on U+10000 and up */
#define GB18030_OLD 24            /* private-use forms of codes that have characters now */

struct gb18030_range { /* code points count up from here until the next range */
    uint16_t linear, point;
};
struct gb18030_old {
    uint16_t point, code;
};

extern const uint16_t gb18030_two[GB18030_TWO];
extern const uint32_t gb18030_extra[GB18030_EXTRA];
extern const struct gb18030_range gb18030_four[];
extern const size_t gb18030_four_count;
extern const struct gb18030_old gb18030_old[GB18030_OLD];

#endif
