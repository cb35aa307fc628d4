/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/gen_departments.h"
#include "engine/cli/verb.h"
#include "engine/model/value.h"

#include "engine/base/ban.h"

enum { SCALE, SEED, DIRT, DIRT_KIND, CHECKED_ON, CHARSET, GZIP, OPTIONAL, HOUSEHOLDS, FEEDS, OUT };

/* Decimal text to millionths: "0.01" is 10,000. No floating point, so that a seed means the same
 * county everywhere. */
static hedui_status
ppm_read(const char *name, const char *value, int64_t max, int64_t *out, struct err *err)
{
    if (value == NULL)
        return HEDUI_OK;
    if (decimal_parse(text_of(value), 6, 0, out) == CELL_OK && *out >= 0 && *out <= max)
        return HEDUI_OK;
    return err_set(err, HEDUI_E_USAGE, "%s 要写数字，不能是 '%s'\n%s needs a number, not '%s'",
                   name, value, name, value);
}

static hedui_status
gen(struct session *session, const struct call *call)
{
    const char *const *v = call->values;
    struct err *err = &session->err;
    int64_t scale = 10000, seed = 1, dirt = 1000000, households = 0;
    struct gen_options options = {.checked_on = date_of(2026, 7, 1), .out = v[OUT]};

    if (v[OUT] == NULL)
        return err_set(err, HEDUI_E_USAGE, "请用 --out 写明目录\nname a folder with --out");
    TRY(ppm_read("--scale", v[SCALE], 100000000, &scale, err));
    TRY(value_count("--seed", v[SEED], 0, INT64_MAX, &seed, err));
    TRY(ppm_read("--dirt", v[DIRT], 100000000, &dirt, err));
    TRY(value_count("--households", v[HOUSEHOLDS], 1, 100000000, &households, err));
    TRY(value_day("--checked-on", v[CHECKED_ON], &options.checked_on, err));
    if (scale < 100)
        return err_set(err, HEDUI_E_USAGE, "--scale 至少 0.0001\n--scale is at least 0.0001");
    if (v[DIRT_KIND] != NULL && !text_is(text_of(v[DIRT_KIND]), "all") &&
        !text_is(text_of(v[DIRT_KIND]), "sql"))
        return err_set(err, HEDUI_E_USAGE,
                       "--dirt-kinds 是 all 或 sql\n--dirt-kinds is all or sql");
    options.is_sql_dirt = v[DIRT_KIND] != NULL && text_is(text_of(v[DIRT_KIND]), "sql");
    if (v[CHARSET] != NULL && !text_is(text_of(v[CHARSET]), "utf-8") &&
        !text_is(text_of(v[CHARSET]), "gb18030"))
        return err_set(err, HEDUI_E_USAGE,
                       "--charset 是 utf-8 或 gb18030\n--charset is utf-8 or gb18030");
    options.is_gb18030 = v[CHARSET] != NULL && text_is(text_of(v[CHARSET]), "gb18030");
    if (v[FEEDS] != NULL)
        TRY(departments_read(text_of(v[FEEDS]), &options.departments, err));
    options.is_packed = v[GZIP] != NULL;
    options.has_optional = v[OPTIONAL] != NULL;
    options.residents = (uint64_t)scale;
    options.households =
        households > 0 ? (uint64_t)households : options.residents / RESIDENTS_PER_HOUSEHOLD;
    options.seed = (uint64_t)seed;
    options.dirt_ppm = (uint32_t)(dirt / 100); /* percent in millionths to ppm of rows */
    return gen_county(&options, err);
}

static int
gen_run(const struct call *call)
{
    struct session session;

    session_begin(&session);
    return session_end(&session, gen(&session, call), 0);
}

const struct verb verb_gen = {
    .name = "gen",
    .operands = "",
    .zh = "生成一个合成县：部门数据、申请批次、脏数据和真相",
    .en = "a synthetic county: feeds, applications, dirt, and the truth about it",
    .options =
        {
                  [SCALE] = {"scale", "S", "规模，1 为 100 万居民（默认 0.01）",
                       "1 is a county of 1,000,000 residents (0.01)"},
                  [SEED] = {"seed", "N", "种子（默认 1）", "seed (1)"},
                  [DIRT] = {"dirt", "PCT", "脏行百分比（默认 1）", "per cent of dirty rows (1)"},
                  [DIRT_KIND] = {"dirt-kinds", "all|sql", "脏数据种类（sql：只有测速对手也懂的）",
                           "kinds of dirt (sql: those that the bench's peer knows)"},
                  [CHECKED_ON] = {"checked-on", "DAY", "核对基准日（默认 2026-07-01）",
                            "day of the check (2026-07-01)"},
                  [CHARSET] = {"charset", "utf-8|gb18030", "字符集（默认 utf-8）",
                         "character set (utf-8)"},
                  [GZIP] = {"gzip", NULL, "写成 .csv.gz", "writes .csv.gz"},
                  [OPTIONAL] = {"optional", NULL, "申请批次带可选列、新生儿和义务人",
                          "the batch has its optional columns, newborns and supporters"},
                  [HOUSEHOLDS] = {"households", "N", "申请户数（默认每 50 名居民一户）",
                            "applying households (one of fifty residents)"},
                  [FEEDS] = {"feeds", "all|NAME,NAME…", "其他部门的数据，如 pension,death（默认没有）",
                       "feeds of the other departments too, as pension,death (none)"},
                  [OUT] = {"out", "DIR", "输出目录", "folder"},
                  },
    .run = gen_run,
};
