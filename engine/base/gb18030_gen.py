#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes engine/base/gb18030_table.c: python3 engine/base/gb18030_gen.py > engine/base/gb18030_table.c

Python's codec is the edition of 2000. What came after it is written down here:
2005: A8BC is U+1E3F, and its four-byte form 8135F437 names the old private-use U+E7C7.
      FE51 FE52 FE53 FE6C FE76 FE91 are characters of extension B.
2022: 18 two-byte codes are standard characters; their four-byte forms name the same ones, since
      data of both ages is read.
"""
EXTENSION_B = {0xFE51: 0x20087, 0xFE52: 0x20089, 0xFE53: 0x200CC,
               0xFE6C: 0x215D7, 0xFE76: 0x2298F, 0xFE91: 0x241FE}
MOVED = {0xA6D9: 0xFE10, 0xA6DA: 0xFE12, 0xA6DB: 0xFE11, 0xA6DC: 0xFE13, 0xA6DD: 0xFE14,
         0xA6DE: 0xFE15, 0xA6DF: 0xFE16, 0xA6EC: 0xFE17, 0xA6ED: 0xFE18, 0xA6F3: 0xFE19,
         0xFE59: 0x9FB4, 0xFE61: 0x9FB5, 0xFE66: 0x9FB6, 0xFE67: 0x9FB7, 0xFE6D: 0x9FB8,
         0xFE7E: 0x9FB9, 0xFE90: 0x9FBA, 0xFEA0: 0x9FBB}


def two(lead, trail):
    code = lead << 8 | trail
    if code == 0xA8BC:
        return 0x1E3F
    if code in EXTENSION_B:
        return 0xD800 + list(EXTENSION_B).index(code)
    return MOVED.get(code) or ord(bytes([lead, trail]).decode("gb18030"))


def four(linear):
    if linear == 7457:
        return 0xE7C7
    seq = bytes([0x81 + linear // 12600, 0x30 + linear // 1260 % 10,
                 0x81 + linear // 10 % 126, 0x30 + linear % 10])
    return ord(seq.decode("gb18030"))


def hexes(numbers):
    numbers = [f"0x{n:04X}" for n in numbers]
    return "\n".join("    " + ", ".join(numbers[i:i + 12]) + "," for i in range(0, len(numbers), 12))


trails = [t for t in range(0x40, 0xFF) if t != 0x7F]
assert len(trails) == 190
table = [two(lead, trail) for lead in range(0x81, 0xFF) for trail in trails]
old = sorted((ord(code.to_bytes(2, "big").decode("gb18030")), code)
             for code in list(MOVED) + list(EXTENSION_B))
ranges = []
last = None
for linear in range(39420):
    try:
        point = four(linear)
    except UnicodeDecodeError:
        last = None
        continue
    if last is None or point != last + 1:
        ranges.append((linear, point))
    last = point

print("/* SPDX-License-Identifier: Apache-2.0 */")
print("/* gb18030_table.c: GB 18030-2022 as numbers, made by gb18030_gen.py. Not edited by hand. */")
print('#include "engine/base/gb18030_table.h"\n')
print("/* clang-format off */")
print(f"const uint16_t gb18030_two[GB18030_TWO] = {{\n{hexes(table)}\n}};\n")
print("const uint32_t gb18030_extra[GB18030_EXTRA] = {"
      + ", ".join(f"0x{p:X}" for p in EXTENSION_B.values()) + "};\n")
print(f"const struct gb18030_range gb18030_four[] = {{")
for linear, point in ranges:
    print(f"    {{{linear}, 0x{point:04X}}},")
print("};")
print("const size_t gb18030_four_count = sizeof gb18030_four / sizeof gb18030_four[0];\n")
print("const struct gb18030_old gb18030_old[GB18030_OLD] = {")
for point, code in old:
    print(f"    {{0x{point:04X}, 0x{code:04X}}},")
print("};")
