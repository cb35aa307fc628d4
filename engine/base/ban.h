/* SPDX-License-Identifier: Apache-2.0 */
/* ban.h: names that tell the cure. Included by every .c file outside base/, after its other
 * includes; `make lint` checks that it is there. */
#ifndef HEDUI_BASE_BAN_H
#define HEDUI_BASE_BAN_H

#undef sprintf /* a macro where glibc fortifies and clang compiles */

#define malloc(x) use_arena_alloc_or_mem_resize
#define calloc(x, y) use_arena_alloc_or_mem_resize
#define realloc(x, y) use_mem_resize
#define free(x) use_arena_or_mem_free
#define strcpy(x, y) use_struct_text
#define strcat(x, y) use_buf_text
#define sprintf(...) use_buf_printf
#define strtok(x, y) use_struct_text
#define atoi(x) use_text_int
#define atol(x) use_text_int
#define system(x) never
#define popen(x, y) never

#endif
