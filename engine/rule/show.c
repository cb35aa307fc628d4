/* SPDX-License-Identifier: Apache-2.0 */
/* show.c: values as people read them. */
#include "engine/rule/show.h"

#include "engine/model/value.h"

#include "engine/base/ban.h"

#define PLACES 10000 /* fractions are shown to four places */

/* `scaled` is the number times PLACES, rounded half away from zero where `is_about`. */
static void
places_put(struct buf *out, i128 scaled, bool is_about, enum lang lang, uint32_t keep)
{
    i128 whole;
    uint32_t part;
    char digits[4];
    uint32_t count = 4;

    if (is_about)
        buf_str(out, lang == LANG_ZH ? "约 " : "about ");
    if (scaled < 0) {
        buf_byte(out, '-');
        scaled = -scaled;
    }
    whole = scaled / PLACES;
    part = (uint32_t)(scaled % PLACES);
    i128_print(out, whole);
    for (uint32_t i = 4; i > 0; i--, part /= 10)
        digits[i - 1] = (char)('0' + part % 10);
    while (!is_about && count > keep && digits[count - 1] == '0')
        count--;
    if (count > 0) {
        buf_byte(out, '.');
        buf_put(out, digits, count);
    }
}

void
show_ratio(struct buf *out, struct ratio ratio, const struct type *type, enum lang lang)
{
    bool is_amount = type_is_amount(type);
    i128 by = is_amount ? PLACES / 100 : PLACES, num = ratio.num, den = ratio.den, scaled;
    bool is_negative = num < 0;

    if (is_negative)
        num = -num;
    scaled = num / den * by + (num % den * by * 2 + den) / (2 * den);
    places_put(out, is_negative ? -scaled : scaled, num % den * by % den != 0, lang,
               is_amount ? 2 : 0);
}

static void
code_show(struct buf *out, const struct code *code, enum lang lang)
{
    if (lang == LANG_ZH)
        buf_text(out, code->zh);
    else
        buf_text(out, code->en.len > 0 ? code->en : code->name);
}

static void
show_known(struct buf *out, const struct value *value, const struct type *type, enum lang lang)
{
    switch (type->kind) {
    case TYPE_BOOL:
        buf_str(out,
                lang == LANG_ZH ? (value->boolean ? "是" : "否") : (value->boolean ? "yes" : "no"));
        break;
    case TYPE_EXACT:
    case TYPE_RATE:
        show_ratio(out, value->ratio, type, lang);
        break;
    case TYPE_CODE:
        if (type->codes != NULL && value->integer >= 0 &&
            value->integer < (int64_t)type->codes->count)
            code_show(out, &type->codes->codes[value->integer], lang);
        break;
    default:
        value_print(out, *value, type);
        break;
    }
}

static void
show_unknown(struct buf *out, const struct value *value, const struct type *type, enum lang lang)
{
    if (value->has_lo) {
        buf_str(out, lang == LANG_ZH ? "至少 " : "at least ");
        show_ratio(out, value->lo, type, lang);
    }
    if (value->has_lo && value->has_hi)
        buf_str(out, lang == LANG_ZH ? "、" : ", ");
    if (value->has_hi) {
        buf_str(out, lang == LANG_ZH ? "至多 " : "at most ");
        show_ratio(out, value->hi, type, lang);
    }
    if (!value->has_lo && !value->has_hi)
        buf_str(out, lang == LANG_ZH ? "未知" : "unknown");
}

const char *
show_unit(const struct type *type)
{
    if (!type_is_amount(type))
        return "";
    return type->per == PERIOD_MONTH ? "元／月" : type->per == PERIOD_YEAR ? "元／年" : "元";
}

struct ratio
ones_of(struct ratio ratio, const struct type *type)
{
    int64_t den = 1;

    for (uint8_t i = 0; type->kind == TYPE_DECIMAL && i < type->scale; i++)
        den *= 10;
    if (den > 1)
        (void)ratio_div(ratio, den, &ratio);
    return ratio;
}

void
show_value(struct buf *out, const struct value *value, const struct type *type, enum lang lang)
{
    struct value ones = *value;

    switch (value->state) {
    case VALUE_KNOWN:
        if (type->kind == TYPE_LIST && value->list != NULL) {
            for (uint32_t i = 0; i < value->list->count; i++) {
                if (i > 0)
                    buf_str(out, lang == LANG_ZH ? "、" : ", ");
                show_value(out, &value->list->elements[i].value, type->of, lang);
            }
        } else {
            show_known(out, value, type, lang);
        }
        break;
    case VALUE_NONE:
        buf_str(out, lang == LANG_ZH ? "无" : "none");
        break;
    case VALUE_UNKNOWN:
        if (value->has_lo)
            ones.lo = ones_of(value->lo, type);
        if (value->has_hi)
            ones.hi = ones_of(value->hi, type);
        show_unknown(out, &ones, type, lang);
        break;
    default:
        buf_str(out, lang == LANG_ZH ? "无法计算" : "not computable");
        break;
    }
}

void
show_template(struct buf *out, struct run *run, const struct template *parts, enum lang lang)
{
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct snippet *snippet = &parts->snippets[i];
        if (snippet->slot < 0) {
            buf_text(out, snippet->words);
        } else {
            struct value value = run_slot(run, (uint32_t)snippet->slot);
            show_value(out, &value, snippet->type, lang);
        }
    }
}

struct text
show_text(const struct buf *buf, struct arena *arena)
{
    return arena_text(arena, buf_as_text(buf));
}
