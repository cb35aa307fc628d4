/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_people.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/err.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

uint64_t
dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint32_t
dice_below(struct dice *dice, uint32_t below)
{
    return (uint32_t)((dice_next(dice) >> 32) * below >> 32);
}

struct dice
dice_of(uint64_t seed, uint64_t what, uint64_t number)
{
    struct dice dice = {seed * UINT64_C(0xD1342543DE82EF95) + what * UINT64_C(0xA0761D6478BD642F) +
                        number};

    dice_next(&dice);
    return dice;
}

static const char *const surnames[] = {
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡",
    "郭", "何", "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "邓", "冯", "曹",
    "彭", "曾", "肖", "田", "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏",
    "苏", "吕", "丁", "任", "沈", "姚", "卢", "姜", "崔", "钟", "谭", "陆", "汪", "范", "欧阳",
};
static const char *const given[] = {
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛",
    "明", "超", "秀", "霞", "平", "刚", "桂", "英", "华", "玉", "兰", "建", "国", "红", "春",
    "梅", "海", "燕", "云", "志", "文", "晓", "婷", "雪", "琳", "鹏", "飞", "龙", "凤", "林",
    "俊", "宇", "浩", "欣", "怡", "佳", "博", "晨", "阳", "子", "梓", "涵", "轩", "㐂", "𠮷",
};

static void
name_make(char out[64], struct dice *dice)
{
    uint32_t first = dice_below(dice, LEN(given) - 2), second = dice_below(dice, LEN(given) - 2);

    if (dice_below(dice, 5000) == 0) { /* 生僻字: extension A and B */
        first = LEN(given) - 1 - dice_below(dice, 2);
    } else if (dice_below(dice, 400) == 0) {
        snprintf(out, 64, "阿%s·%s提", given[first], given[second]);
        return;
    }
    if (dice_below(dice, 4) == 0)
        snprintf(out, 64, "%s%s", surnames[dice_below(dice, LEN(surnames))], given[first]);
    else
        snprintf(out, 64, "%s%s%s", surnames[dice_below(dice, LEN(surnames))], given[first],
                 given[second]);
}

static void
digits_put(char *at, uint32_t value, size_t places)
{
    for (size_t i = places; i-- > 0; value /= 10)
        at[i] = (char)('0' + value % 10);
}

#define DAYS 34000 /* births from 1930-01-01 on, to early 2023 */

void
resident_make(struct resident *out, uint64_t seed, uint64_t number)
{
    static const uint32_t weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    struct dice dice = dice_of(seed, 1, number);
    /* a number that no other resident has: the pair (day, sequence) is a permutation of `number` */
    uint64_t day = number * 7919 % DAYS, sequence = number / DAYS % 996;
    uint32_t sum = 0;
    int32_t y, m, d;

    out->born = date_of(1930, 1, 1) + (int32_t)day;
    date_parts(out->born, &y, &m, &d);
    memcpy(out->id, "329901", 6);
    digits_put(out->id + 6, (uint32_t)y, 4);
    digits_put(out->id + 10, (uint32_t)m, 2);
    digits_put(out->id + 12, (uint32_t)d, 2);
    digits_put(out->id + 14, (uint32_t)sequence, 3);
    for (size_t i = 0; i < 17; i++)
        sum += weights[i] * (uint32_t)(out->id[i] - '0');
    out->id[17] = "10X98765432"[sum % 11];
    out->id[18] = '\0';
    name_make(out->name, &dice);
}
