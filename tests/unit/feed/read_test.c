/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/feed/read.h"

#include <unistd.h>
#include <zlib.h>

#include "engine/base/charset.h"
#include "engine/feed/input.h"
#include "tests/unit/feed/dump.h"

#define MAPPING "adapters/bank/mapping.yaml"
#define HEADER "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of\n"
#define HEADER_X "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of,x\n"
#define ANN "329901197001010017"
#define BEN "329901197001010025"
#define ROW(number) ANN ",甲一,B1," number ",CUR,1,2025-01-10"
#define GOOD(line, number)                                                                         \
    "0:" line " owner=329901********0017 owner_name=甲一 bank=B1 number=" number                   \
    " category=current balance=1.00 day=2025-01-10\n"

static char folder[] = "/tmp/hedui-read-XXXXXX";

static const char *
place(struct arena *arena, const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name).at;
}

static void
file_write(const char *path, const void *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    T_TRUE(file != NULL && fwrite(bytes, 1, len, file) == len);
    fclose(file);
}

static void
gzip_write(const char *path, const void *bytes, size_t len, const char *mode)
{
    gzFile file = gzopen(path, mode);
    T_TRUE(file != NULL && gzwrite(file, bytes, (unsigned)len) == (int)len);
    gzclose(file);
}

/* What the bank mapping makes of `bytes`, without the lines of the balance. */
static hedui_status
read_bytes(struct dump *dump, const char *name, const void *bytes, size_t len, uint32_t lanes)
{
    const char *paths[1];
    struct feed_job job = {.paths = paths, .path_count = 1, .is_dry = true};

    dump_open(dump, MAPPING);
    paths[0] = place(&dump->arena, name);
    if (bytes != NULL)
        file_write(paths[0], bytes, len);
    return dump_read(dump, &job, lanes);
}

TEST(rows_of_every_shape)
{
#define PLAIN(text) text, sizeof(text) - 1
    static const struct {
        const char *belief, *bytes;
        size_t len;
        const char *want;
    } rows[] = {
        {"a clean row",                                                                            PLAIN(HEADER ROW("N1") "\n"), GOOD("2",              "N1") "physical 1 accepted 1"},
        {"the last row need not end",                                                                                        PLAIN(HEADER ROW("N1")),                                                                                          GOOD("2", "N1") "physical 1"},
        {"no rows",                                                                      PLAIN(HEADER),                                                                                                  "physical 0"                                                                                                              },
        {"a header that does not end",
         PLAIN("id_no,name,bank_code,account_hash,account_type,"
               "balance_yuan,as_of"),
         "physical 0"},
        {"\\r\\n, also behind the header",
         PLAIN("id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of\r\n" ROW(
             "N1") "\r\n" ROW("N2") "\r\n"),
         GOOD("2",                                                                                                                                                                                                             "N1") GOOD("3", "N2") "physical 2"},
        {"columns in another order, and a byte order mark",
         PLAIN("\xEF\xBB\xBF"
               "as_of,id_no,name,bank_code,account_hash,account_type,balance_yuan\n"
               "2025-01-10," ANN ",甲一,B1,N1,CUR,1\n"),
         GOOD("2","N1") "physical 1"},
        {"blank lines are ignored and counted",                                        PLAIN(HEADER "\n" ROW("N1") "\n\r\n,,,,,,\n , \n"),
         GOOD("3",                                                                                                                                      "N1") "physical 5 accepted 1 refused 0 ignored 4"},
        {"quotes, commas, doubled quotes",
         PLAIN(HEADER "\"" ANN "\",甲一,B1,\"N,\"\"1\"\"\",CUR,\"1\",2025-01-10\n" ROW("N2") "\n"),
         GOOD("2",            "N,\"1\"") GOOD("3", "N2") "physical 2"},
        {"a line feed inside quotes is one row",
         PLAIN(HEADER ANN ",\"甲一\",B1,\"N\n1\",CUR,1,\"2025-01-10\"\r\n" ROW("N2") "\n"),
         GOOD("2","N\n1") GOOD("3", "N2") "physical 2"},
        {"a quote inside a cell is a character",                                                                                 PLAIN(HEADER ROW("N\"1") "\n" ROW("N2") "\n"),
         GOOD("2",                                                                                  "N\"1") GOOD("3", "N2") "physical 2"},
        {"a quote that never closes costs its own line",
         PLAIN(HEADER ROW("\"N1") "\n" ROW("N2") "\n"),
         "0:2 refused R-FORM owner=329901********0017\n" GOOD("3",                                                                                                                                      "N2") "physical 2"},
        {"two such lines do not swallow what is between",
         PLAIN(HEADER ROW("\"N1") "\n" ROW("N2") "\n" ROW("\"N3") "\n"),
         "0:2 refused R-FORM owner=329901********0017\n" GOOD(
             "3",                                                                                  "N2") "0:4 refused R-FORM owner=329901********0017\nphysical 3"},
        {"a cell too few, a cell too many",                                                                                 PLAIN(HEADER ANN ",甲一\n" ROW("N2") ",\n"),
         "0:2 refused R-FORM owner=329901********0017\n"
         "0:3 refused R-FORM owner=329901********0017\nphysical 2"              },
        {"NUL refuses the row",                                           PLAIN(HEADER ROW("N\0001") "\n" ROW("N2") "\n"),
         "0:2 refused R-CHARSET owner=329901********0017\n" GOOD("3",                                                                                      "N2") "physical 2"},
        {"bytes of no character refuse the row, where a mapped cell holds them",
         PLAIN(HEADER_X ANN ",甲\xC0\xAF,B1,N1,CUR,1,2025-01-10,\n" ROW("N2") ",\xEF\xBC\x81\n"),
         "0:2 refused R-CHARSET"                                                                               },
        {"a number of full-width digits, blanks around",
         PLAIN(HEADER
               " ３２９９０１１９７００１０１００１７　, 甲一 ,\tB1,N1,CUR, １ ,2025-01-10\n"),
         "0:2 owner=329901********0017~ owner_name=甲一 bank=B1 number=N1 category=current "
         "balance=1.00 day=2025-01-10\nphysical 1"},
        {"only blanks of another script are blank",
         PLAIN(HEADER ANN ",　,B1,N1,CUR,　,2025-01-10\n"),
         "0:2 owner=329901********0017 owner_name=(none) bank=B1 number=N1 category=current "
         "balance=(unknown) day=2025-01-10\nphysical 1"                                              },
        {"all reasons of a row",                              PLAIN(HEADER "1,甲一,,N1,BAD,1.234,2025-13-01\n"),
         "0:2 refused R-LENGTH:owner R-MISSING:bank R-CODE:category R-PRECISION:balance R-DAY:day\n"
         "physical 1"},
        {"names come to NFC", PLAIN(HEADER ANN ",e\xCC\x81,B1,N1,CUR,1,2025-01-10\n"),
         "0:2 owner=329901********0017 owner_name=\xC3\xA9 bank=B1"                                     },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct dump dump;
        struct text want = text_of(rows[i].want);
        T_ROW(rows[i].belief);
        /* a bad UTF-8 byte in the first 64 KiB means GB18030: keep it behind them */
        bool is_late = strstr(rows[i].belief, "no character") != NULL;
        if (is_late) {
            struct buf long_head;
            buf_init(&long_head, false);
            buf_put(&long_head, HEADER_X, sizeof HEADER_X - 1);
            for (int n = 0; n < 70000; n++)
                buf_byte(&long_head, '\n');
            buf_str(&long_head, strchr(rows[i].bytes, '\n') + 1);
            T_OK(read_bytes(&dump, "shape.csv", long_head.at, long_head.len, 1), &dump.err);
            T_TRUE(text_starts(buf_as_text(&dump.out),
                               TEXT("0:70002 refused R-CHARSET:owner_name "
                                    "owner=329901********0017\n0:70003 owner")));
            buf_release(&long_head);
        } else {
            T_OK(read_bytes(&dump, "shape.csv", rows[i].bytes, rows[i].len, 1), &dump.err);
            if (!text_starts(buf_as_text(&dump.out), want))
                T_TEXT(buf_as_text(&dump.out), want);
        }
        dump_close(&dump);
    }
}

TEST(files_that_cannot_be_read_say_why)
{
    static const struct {
        const char *belief, *bytes;
        size_t len;
        const char *says;
    } rows[] = {
        {"nothing in it",              PLAIN(""),                                                        "no readable header"},
        {"a needed column is missing", PLAIN("id_no,name,bank_code,account_hash,account_type\n"),
         "余额日期"                                                                                                      },
        {"two columns for one field",
         PLAIN("id_no,证件号码,bank_code,account_hash,account_type,as_of\n"),
         "more than one column for owner"                                                                                    },
        {"one column twice",           PLAIN("id_no,id_no,bank_code,account_hash,account_type,as_of\n"),
         "more than one column for owner"                                                                                    },
        {"a spreadsheet",              PLAIN("PK\003\004xxxx"),                                          "save it as CSV"    },
        {"UTF-16",                     PLAIN("\xFF\xFEi\0d\0"),                                          "UTF-16"            },
        {"a gzip file that is cut",    PLAIN("\x1F\x8B\x08\0\0\0\0\0\0\x03"),                            "is cut"            },
        {"a gzip file that is none",   PLAIN("\x1F\x8B\x08\0\0\0\0\0\0\x03\xFF\xFF\xFF\xFF\xFF"),
         "is damaged"                                                                                                        },
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct dump dump;
        T_ROW(rows[i].belief);
        T_EQ(read_bytes(&dump, "bad.csv", rows[i].bytes, rows[i].len, 2), HEDUI_E_INPUT);
        if (strstr(dump.err.text, rows[i].says) == NULL)
            T_FAIL("%s", dump.err.text);
        dump_close(&dump);
    }
}

/* n rows, some dirty, some skipped; quoted: in every cell. */
static void
county_make(struct buf *out, uint32_t n, bool is_quoted)
{
    buf_str(out, HEADER);
    for (uint32_t i = 0; i < n; i++) {
        const char *quote = is_quoted ? "\"" : "";
        if (i % 1009 == 7) {
            buf_byte(out, '\n');
            continue;
        }
        buf_printf(out, "%s%s%s,%s%s%s,%sB%u%s,%sN%u%s,%s%s%s,%s%u.%02u%s,%s2025-01-%02u%s\n",
                   quote, i % 3 == 0 ? ANN : BEN, quote, quote, i % 7 == 0 ? "欧阳娜娜" : "甲一",
                   quote, quote, i % 50, quote, quote, i, quote, quote, i % 997 == 5 ? "坏" : "CUR",
                   quote, quote, i, i % 100, quote, quote, i % 28 + 1, quote);
    }
}

TEST(one_content_in_every_wrapping_is_one_answer)
{
    static const struct {
        const char *belief;
        uint32_t lanes;
        bool is_quoted, is_gzip, is_gb;
    } rows[] = {
        {"one lane",              1, false, false, false},
        {"two lanes",             2, false, false, false},
        {"eight lanes",           8, false, false, false},
        {"every cell in quotes",  2, true,  false, false},
        {"gzip",                  2, false, true,  false},
        {"GB18030",               2, false, false, true },
        {"GB18030, quoted, gzip", 1, true,  true,  true },
    };
    struct arena arena;
    struct gb18030_encoder *encoder;
    struct text first = {0};
    struct err err;

    arena_init(&arena, "test", 0, false);
    T_OK(gb18030_encoder_build(&encoder, &arena, &err), &err);
    for (size_t i = 0; i < LEN(rows); i++) {
        struct dump dump;
        struct buf bytes, coded;
        T_ROW(rows[i].belief);
        buf_init(&bytes, false);
        buf_init(&coded, false);
        county_make(&bytes, 200000, rows[i].is_quoted);
        T_TRUE(bytes.len > ((size_t)9 << 20)); /* three pieces */
        if (rows[i].is_gb)
            T_TRUE(gb18030_encode(encoder, buf_as_text(&bytes), &coded));
        const struct buf *use = rows[i].is_gb ? &coded : &bytes;
        if (rows[i].is_gzip) { /* in two members */
            const char *path = place(&arena, "county.csv");
            gzip_write(path, use->at, 5000001, "wb1");
            gzip_write(path, use->at + 5000001, use->len - 5000001, "ab1");
            T_OK(read_bytes(&dump, "county.csv", NULL, 0, rows[i].lanes), &dump.err);
        } else {
            T_OK(read_bytes(&dump, "county.csv", use->at, use->len, rows[i].lanes), &dump.err);
        }
        T_EQ(dump.report.files[0].is_gzip, rows[i].is_gzip);
        T_EQ(dump.report.files[0].is_gb18030, rows[i].is_gb);
        T_EQ(dump.report.balance.physical, 200000);
        if (i == 0)
            first = arena_text(&arena, buf_as_text(&dump.out));
        T_TRUE(text_eq(buf_as_text(&dump.out), first));
        buf_release(&bytes);
        buf_release(&coded);
        dump_close(&dump);
    }
    arena_release(&arena);
}

TEST(lines_that_are_too_long_cost_themselves)
{
    struct dump dump;
    struct buf bytes;
    static const size_t sizes[] = {65000, 65536, 70000, 1 << 20, 9 << 20};

    for (uint32_t lanes = 1; lanes <= 2; lanes++) {
        for (size_t i = 0; i < LEN(sizes); i++) {
            bool is_long = sizes[i] > 65500;
            buf_init(&bytes, false);
            buf_str(&bytes, HEADER ROW("N1") "\n" ANN ",甲一,B1,N2,CUR,1,");
            for (size_t n = 0; n < sizes[i]; n++)
                buf_byte(&bytes, ' ');
            buf_str(&bytes, "2025-01-10\n" ROW("N3") "\n");
            T_OK(read_bytes(&dump, "long.csv", bytes.at, bytes.len, lanes), &dump.err);
            struct text want =
                is_long
                    ? TEXT(GOOD("2", "N1") "0:3 refused R-LENGTH\n" GOOD("4", "N3") "physical 3")
                    : TEXT(GOOD("2", "N1") GOOD("3", "N2") GOOD("4", "N3") "physical 3");
            if (!text_starts(buf_as_text(&dump.out), want))
                T_TEXT(buf_as_text(&dump.out), want);
            buf_release(&bytes);
            dump_close(&dump);
        }
    }
}

/* Rows and what comes of them; the number in row `odd` holds a line feed. */
static void
pieces_write(struct buf *bytes, struct buf *want, uint32_t count, uint32_t odd)
{
    buf_str(bytes, HEADER);
    for (uint32_t i = 0; i < count; i++) {
        const char *feed = i == odd ? "\n" : "", *quote = i == odd ? "\"" : "";
        char row[256];
        snprintf(row, sizeof row, ANN ",甲一,B1,%sN%s%u%s,CUR,1,2025-01-10\n", quote, feed, i,
                 quote);
        buf_str(bytes, row);
        snprintf(row, sizeof row,
                 "0:%u owner=329901********0017 owner_name=甲一 bank=B1 number=N%s%u "
                 "category=current balance=1.00 day=2025-01-10\n",
                 i + 2, feed, i);
        buf_str(want, row);
    }
}

/* As docs/ADAPTERS.md defines it: of the digests of each half MiB. */
static struct digest
digest_by_leaves(const struct buf *bytes)
{
    struct digester *digester;
    struct digest digest;
    struct err err;

    T_OK(digester_open(&digester, &err), &err);
    for (size_t at = 0; at < bytes->len; at += (size_t)512 << 10) {
        size_t n = bytes->len - at < (size_t)512 << 10 ? bytes->len - at : (size_t)512 << 10;
        digest = digest_of(bytes->at + at, n);
        digester_add(digester, digest.bytes, sizeof digest.bytes);
    }
    digest = digester_finish(digester);
    digester_close(digester);
    return digest;
}

TEST(pieces_number_their_rows_wherever_lines_cease_to_be_rows)
{
    enum { ROWS = 60000 };
    static const struct {
        const char *belief;
        uint32_t odd;
    } rows[] = {
        {"every line is a row",                                           ROWS    },
        {"a line feed in a cell of the first piece",                      3       },
        {"in the middle: pieces before it are pieces, the rest a stream", ROWS / 2},
        {"in the last piece",                                             ROWS - 2},
    };

    for (size_t i = 0; i < LEN(rows); i++) {
        struct buf bytes, want;
        struct digest digest;
        T_ROW(rows[i].belief);
        buf_init(&bytes, false);
        buf_init(&want, false);
        pieces_write(&bytes, &want, ROWS, rows[i].odd);
        T_TRUE(bytes.len > 3 * INPUT_PIECE);
        digest = digest_by_leaves(&bytes);
        for (uint32_t lanes = 1; lanes <= 7; lanes += 2) {
            struct dump dump;
            T_OK(read_bytes(&dump, "pieces.csv", bytes.at, bytes.len, lanes), &dump.err);
            T_TRUE(text_starts(buf_as_text(&dump.out), buf_as_text(&want)));
            T_TRUE(memcmp(&digest, &dump.report.files[0].digest, sizeof digest) == 0);
            dump_close(&dump);
        }
        buf_release(&bytes);
        buf_release(&want);
    }
}

/* Rows to INPUT_PIECE less `back`, where one begins that holds a line feed. Answers how many. */
static uint32_t
border_write(struct buf *bytes, size_t back)
{
    const size_t plain = sizeof(ROW("N") "\n") - 1;
    uint32_t rows = 0;

    buf_str(bytes, HEADER);
    for (; INPUT_PIECE - back - bytes->len >= 2 * plain; rows++)
        buf_str(bytes, ROW("N") "\n");
    buf_str(bytes, ANN ",甲一,B1,");
    for (size_t left = INPUT_PIECE - back - bytes->len; left > sizeof(",CUR,1,2025-01-10\n") - 1;
         left--)
        buf_byte(bytes, 'P');
    buf_str(bytes, ",CUR,1,2025-01-10\n");
    assert_int_equal(bytes->len, INPUT_PIECE - back);
    buf_str(bytes, ANN ",甲一,B1,\"N\n" ROW("X") "\n1\",CUR,1,2025-01-10\n" ROW("N") "\n");
    return rows + 3;
}

TEST(a_line_feed_in_a_cell_at_the_border_of_pieces_makes_no_rows)
{
    for (size_t back = 0; back < 120; back++)
        for (uint32_t lanes = 1; lanes <= 2; lanes++) {
            struct buf bytes;
            struct dump dump;
            buf_init(&bytes, false);
            uint32_t rows = border_write(&bytes, back);
            T_OK(read_bytes(&dump, "border.csv", bytes.at, bytes.len, lanes), &dump.err);
            T_EQ(dump.report.balance.physical, rows);
            T_EQ(dump.report.balance.accepted, rows);
            T_TRUE(strstr(dump.out.at, "number=X") == NULL);
            dump_close(&dump);
            buf_release(&bytes);
        }
}

TEST(refused_rows_can_be_mended_and_fed_back)
{
    static const char want[] =
        "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of,hedui_row,hedui_"
        "codes\n" ANN ",甲一,B1,N1,BAD,1.234,2025-01-10,2,R-CODE:category R-PRECISION:balance\n" ANN
        ",甲一,,,,,,4,R-FORM\n"
        "\"" ANN ",\"\"甲一,B1,N3,CUR,1,2025-01-10\",,,,,,,5,R-FORM\n";
    static const char mended[] =
        "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of,hedui_row,hedui_"
        "codes\n" ANN ",甲一,B1,N1,CUR,1.23,2025-01-10,2,R-CODE:category R-PRECISION:balance\n" ANN
        ",甲一,B1,N9,WMQ,1,2025-01-10,4,R-FORM\n" ANN ",甲一,B1,N9,CUR,1,2025-01-10,x,R-FORM\n";
    static const char again[] =
        "id_no,name,bank_code,account_hash,account_type,balance_yuan,as_of,hedui_row,hedui_"
        "codes\n" ANN ",甲一,B1,N9,WMQ,1,2025-01-10,4,R-CODE:category\n" ANN
        ",甲一,B1,N9,CUR,1,2025-01-10,4,R-FORM\n";
    struct dump dump;
    struct text got;
    struct stat st;
    const char *paths[1];
    struct feed_job job = {.paths = paths, .path_count = 1};

    dump_open(&dump, MAPPING);
    paths[0] = place(&dump.arena, "first.csv");
    file_write(paths[0], PLAIN(HEADER ANN ",甲一,B1,N1,BAD,1.234,2025-01-10\n" ROW(
                             "N2") "\n" ANN ",甲一\n" ANN ",\"甲一,B1,N3,CUR,1,2025-01-10\n"));
    T_OK(dump_read(&dump, &job, 2), &dump.err);
    T_EQ(dump.report.balance.refused, 3);
    T_STR(dump.report.files[0].refused_path, place(&dump.arena, "first.csv.refused.csv"));
    T_OK(sys_slurp(&got, dump.report.files[0].refused_path, 1 << 20, &dump.arena, &dump.err),
         &dump.err);
    T_TEXT(got, TEXT(want));
    T_EQ(sys_stat(dump.report.files[0].refused_path, &st), 0);
    T_EQ(st.st_mode & 0777, 0600);

    paths[0] = place(&dump.arena, "first.csv.refused.csv");
    file_write(paths[0], PLAIN(mended));
    job.is_mended = true;
    job.refused_dir = place(&dump.arena, "");
    T_OK(dump_read(&dump, &job, 1), &dump.err);
    T_TRUE(text_starts(buf_as_text(&dump.out),
                       TEXT("0:2 owner=329901********0017 owner_name=甲一 bank=B1 number=N1 "
                            "category=current balance=1.23 day=2025-01-10\n"
                            "0:4 refused R-CODE:category owner=329901********0017\n")));
    T_OK(sys_slurp(&got, dump.report.files[0].refused_path, 1 << 20, &dump.arena, &dump.err),
         &dump.err);
    T_TEXT(got, TEXT(again));
    dump_close(&dump);
}

TEST(a_clean_file_leaves_no_refused_file)
{
    struct dump dump;
    const char *paths[1];
    struct feed_job job = {.paths = paths, .path_count = 1};

    dump_open(&dump, MAPPING);
    paths[0] = place(&dump.arena, "clean.csv");
    file_write(paths[0], PLAIN(HEADER ROW("N1") "\n"));
    T_OK(dump_read(&dump, &job, 1), &dump.err);
    T_TRUE(dump.report.files[0].refused_path == NULL);
    T_TRUE(!sys_exists(place(&dump.arena, "clean.csv.refused.csv")));
    dump_close(&dump);
}

static hedui_status
stop_rows(void *context, uint32_t lane, const struct batch *batch, struct err *err)
{
    (void)context, (void)lane, (void)batch;
    return err_set(err, HEDUI_E_LIMIT, "full");
}

TEST(a_sink_that_fails_ends_the_reading_without_a_trace)
{
    struct dump dump;
    struct feed_report report;
    struct pool *pool;
    struct feed_sink sink = {.rows = stop_rows};
    const char *paths[1];

    dump_open(&dump, MAPPING);
    T_OK(pool_open(&pool, 2, &dump.err), &dump.err);
    paths[0] = place(&dump.arena, "stop.csv");
    struct feed_job job = {.mapping = dump.mapping, .paths = paths, .path_count = 1, .pool = pool};
    file_write(paths[0], PLAIN(HEADER ",\"\nbad,,,,,,\n" ROW("N1") "\n"));
    T_EQ(feed_read(&report, &job, &sink, &dump.arena, &dump.err), HEDUI_E_LIMIT);
    T_TRUE(!sys_exists(place(&dump.arena, "stop.csv.refused.csv")));
    T_TRUE(!sys_exists(place(&dump.arena, ".tmp-stop.csv.refused.csv")));
    pool_close(pool);
    dump_close(&dump);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        T(rows_of_every_shape),
        T(files_that_cannot_be_read_say_why),
        T(one_content_in_every_wrapping_is_one_answer),
        T(lines_that_are_too_long_cost_themselves),
        T(pieces_number_their_rows_wherever_lines_cease_to_be_rows),
        T(a_line_feed_in_a_cell_at_the_border_of_pieces_makes_no_rows),
        T(refused_rows_can_be_mended_and_fed_back),
        T(a_clean_file_leaves_no_refused_file),
        T(a_sink_that_fails_ends_the_reading_without_a_trace),
    };
    char remove_all[64];

    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    snprintf(remove_all, sizeof remove_all, "rm -rf %s", folder);
    return system(remove_all) != 0 ? 1 : failed;
}
