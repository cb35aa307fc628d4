/* SPDX-License-Identifier: Apache-2.0 */
/* read.c: all files of one command. A plain file goes to the lanes in pieces, each read once: its
 * lane looks at it (digest, line feeds, whether a quoted cell may hold one), tells the next piece
 * how far the rows are numbered, and cuts it to rows while it is near the core. Where lines are not
 * rows, and for gzip, one lane reads the rest as a stream. */
#include "engine/feed/read.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "engine/feed/rows.h"
#include "engine/feed/split.h"

#include "engine/base/ban.h"

#define WAITING_MAX ((uint64_t)64 << 20) /* bytes of refused rows that wait for their turn */
#define FILES_MAX 4096
#define BORDER_BYTES ((size_t)4 << 10) /* read at once behind a piece */

/* What is known of a piece of a plain file once it has been looked at. */
enum sight {
    SIGHT_NONE, /* nothing yet */
    SIGHT_ROWS, /* its lines are rows, and so are those of all pieces before it */
    SIGHT_REST, /* a quoted cell may hold a line feed: from here on the file is one stream */
};

struct piece { /* a task: of a plain file INPUT_PIECE bytes, else the whole */
    uint32_t file;
    uint64_t from, until; /* bytes of the file */
    bool is_stream;
    uint64_t line_feeds, feeds_before; /* in it; in all pieces before it */
    bool ends_line;
    struct digest leaves[INPUT_PIECE / INPUT_LEAF];
    uint64_t line; /* of the first row that begins in it */
    _Atomic int sight;
    bool is_taken; /* the stream of a piece before it has its rows */
    bool is_done;
    struct buf refused;
    uint64_t physical, refused_count;
};

struct reading {
    const struct feed_job *job;
    const struct feed_sink *sink;
    struct arena *arena;
    struct input *inputs;
    struct plan **plans;
    struct refused_file *refused;
    struct feed_file *files;
    uint32_t opened; /* inputs */
    struct lane *lanes;
    uint32_t lane_count;
    struct piece *tasks;
    size_t task_count, task_base, written;
    uint64_t bytes_all;
    _Atomic uint64_t bytes_done, waiting;
    _Atomic bool is_paused; /* some task of this round was not begun, or failed */
};

static void *
room(struct reading *reading, size_t count, size_t size)
{
    return arena_alloc(reading->arena, count, size);
}

static hedui_status
inputs_open(struct reading *reading, struct err *err)
{
    const struct feed_job *job = reading->job;
    uint32_t count = job->path_count;

    reading->inputs = room(reading, count, sizeof *reading->inputs);
    reading->plans = room(reading, count, sizeof *reading->plans);
    reading->refused = room(reading, count, sizeof *reading->refused);
    reading->files = room(reading, count, sizeof *reading->files);
    if (reading->inputs == NULL || reading->plans == NULL || reading->refused == NULL ||
        reading->files == NULL)
        return arena_full(reading->arena, err);
    for (uint32_t i = 0; i < count; i++) {
        struct feed_file *file = &reading->files[i];
        uint32_t twin = 0;
        for (uint32_t j = 0; j < i; j++) {
            const char *a = strrchr(job->paths[i], '/'), *b = strrchr(job->paths[j], '/');
            if (strcmp(a == NULL ? job->paths[i] : a + 1, b == NULL ? job->paths[j] : b + 1) == 0 &&
                (job->refused_dir != NULL || strcmp(job->paths[i], job->paths[j]) == 0))
                twin++;
        }
        TRY(input_open(&reading->inputs[i], job->paths[i], err));
        reading->opened = i + 1;
        TRY(plan_build(&reading->plans[i], job->mapping, &reading->inputs[i], i, job->is_mended,
                       reading->arena, err));
        TRY(refused_file_init(&reading->refused[i], reading->plans[i], job->refused_dir, twin,
                              reading->arena, err));
        file->path = job->paths[i];
        file->bytes = reading->inputs[i].bytes;
        file->is_gzip = reading->inputs[i].is_gzip;
        file->is_gb18030 = reading->plans[i]->charset == CHARSET_GB18030;
        reading->bytes_all += file->bytes;
    }
    return HEDUI_OK;
}

static hedui_status
lanes_open(struct reading *reading, struct err *err)
{
    reading->lane_count = pool_lanes(reading->job->pool);
    reading->lanes = room(reading, reading->lane_count, sizeof *reading->lanes);
    if (reading->lanes == NULL)
        return arena_full(reading->arena, err);
    for (uint32_t i = 0; i < reading->lane_count; i++)
        TRY(lane_open(&reading->lanes[i], i, mapping_kind(reading->job->mapping), reading->sink,
                      reading->job->is_dry, err));
    return HEDUI_OK;
}

/* Is the line around the quote at byte `at` of the file a whole row? A line that straddles what was
 * read is read again, with LINE_MAX_BYTES on either side. */
static hedui_status
line_look(struct lane *lane, const struct input *input, uint64_t at, char delimiter, bool *is_row,
          struct err *err)
{
    uint64_t from = at > LINE_MAX_BYTES ? at - LINE_MAX_BYTES : 0;
    size_t want = 2 * LINE_MAX_BYTES, got = 0, quote = (size_t)(at - from);
    char *bytes = mem_resize(NULL, want, 1);
    const char *before, *feed = NULL;
    hedui_status rc = HEDUI_OK;

    *is_row = false;
    if (bytes == NULL)
        return err_set(err, HEDUI_E_MEMORY, "内存不足，无法读取 '%s'\nno memory left to read '%s'",
                       input->path, input->path);
    FAIL(input_read_at(input, bytes, want, from, &got, err));
    before = got > quote ? memrchr(bytes, '\n', quote) : NULL;
    if (got > quote)
        feed = memchr(bytes + quote, '\n', got - quote);
    if (feed != NULL && (before != NULL || from == 0)) {
        const char *line = before == NULL ? bytes : before + 1;

        *is_row =
            split_row(&lane->cut, line, 0, (size_t)(feed + 1 - line), true, delimiter) == SPLIT_OK;
    }
done:
    mem_wipe(bytes, want);
    mem_free(bytes);
    return rc;
}

/* Whether each line with a quote among bytes[len], which stand at `base`, is a whole row by itself.
 * Then, line by line from a row's begin, all rows are lines, and pieces may begin at any of them.
 */
static hedui_status
quotes_look(struct lane *lane, const struct input *input, const char *bytes, size_t len,
            uint64_t base, char delimiter, bool *are_lines, struct err *err)
{
    size_t at = 0;

    while (*are_lines && at < len) {
        const char *quote = memchr(bytes + at, '"', len - at), *before, *feed;
        size_t place;

        if (quote == NULL)
            return HEDUI_OK;
        place = (size_t)(quote - bytes);
        before = memrchr(bytes, '\n', place);
        feed = memchr(quote, '\n', len - place);
        if (before == NULL || feed == NULL)
            TRY(line_look(lane, input, base + place, delimiter, are_lines, err));
        else
            *are_lines = split_row(&lane->cut, before + 1, 0, (size_t)(feed - before), true,
                                   delimiter) == SPLIT_OK;
        if (feed == NULL)
            return HEDUI_OK;
        at = (size_t)(feed - bytes) + 1;
    }
    return HEDUI_OK;
}

/* The row that begins in the piece and ends behind it belongs to the piece: is it a line, though a
 * quote stands only in what is behind? The window has room for a row behind a piece. */
static hedui_status
border_look(struct lane *lane, const struct input *input, const struct piece *piece, char delimiter,
            bool *are_lines, struct err *err)
{
    char *past = lane->window + (piece->until - piece->from);
    size_t have = 0, got = BORDER_BYTES;
    const char *feed = NULL, *quote;

    while (feed == NULL && have < LINE_MAX_BYTES && got == BORDER_BYTES) {
        TRY(input_read_at(input, past + have, BORDER_BYTES, piece->until + have, &got, err));
        feed = memchr(past + have, '\n', got);
        have += got;
    }
    if (feed == NULL && have == LINE_MAX_BYTES) { /* a stream knows how such a line ends */
        *are_lines = false;
        return HEDUI_OK;
    }
    quote = memchr(past, '"', feed == NULL ? have : (size_t)(feed - past));
    if (quote != NULL)
        return line_look(lane, input, piece->until + (uint64_t)(quote - past), delimiter, are_lines,
                         err);
    return HEDUI_OK;
}

/* Reads the piece to the lane's window and looks at it: digest, line feeds, and whether its lines
 * are rows. */
static hedui_status
piece_look(struct reading *reading, struct lane *lane, struct piece *piece, bool *are_lines,
           struct err *err)
{
    const struct input *input = &reading->inputs[piece->file];
    size_t want = (size_t)(piece->until - piece->from), got = 0;
    struct scan_count count;

    TRY(input_read_at(input, lane->window, want, piece->from, &got, err));
    if (got < want) {
        TRY(input_check_unchanged(input, err));
        return err_set(err, HEDUI_E_IO,
                       "'%s' 在读取时变短了，请确认无人改动后重试\n'%s' is shorter than it was",
                       input->path, input->path);
    }
    count = scan_lines(lane->window, got);
    piece->line_feeds = count.line_feeds;
    piece->ends_line = lane->window[got - 1] == '\n';
    *are_lines = true;
    if (count.has_quote)
        TRY(quotes_look(lane, input, lane->window, got, piece->from,
                        reading->job->mapping->delimiter, are_lines, err));
    if (*are_lines && !piece->ends_line && piece->until < input->bytes)
        TRY(border_look(lane, input, piece, reading->job->mapping->delimiter, are_lines, err));
    return HEDUI_OK;
}

/* The piece before it in its file; NULL: it is the first. */
static const struct piece *
piece_before(const struct reading *reading, const struct piece *piece)
{
    return piece->from == 0 || piece == reading->tasks ? NULL : piece - 1;
}

/* Waits until the piece before is looked at, which its lane does first of all. false: that lane
 * gave up, or left the piece to the next round. */
static bool
before_wait(const struct reading *reading, const struct piece *before)
{
    while (atomic_load_explicit(&before->sight, memory_order_acquire) == SIGHT_NONE) {
        if (atomic_load(&reading->is_paused))
            return false;
        pool_yield();
    }
    return true;
}

/* Numbers the piece's rows and says how it is to be read. *start: where its first row begins. */
static void
piece_place(const struct reading *reading, const struct lane *lane, struct piece *piece,
            const struct piece *before, bool are_lines, size_t *start)
{
    enum sight sight = are_lines ? SIGHT_ROWS : SIGHT_REST;

    if (before == NULL) {
        *start = (size_t)reading->plans[piece->file]->body;
        piece->line = 2;
    } else {
        size_t bytes = (size_t)(piece->until - piece->from);
        const char *feed = memchr(lane->window, '\n', bytes);
        *start = before->ends_line ? 0 : feed == NULL ? bytes : (size_t)(feed - lane->window + 1);
        piece->feeds_before = before->feeds_before + before->line_feeds;
        piece->line = piece->feeds_before + (before->ends_line ? 1 : 2);
        if (before->sight == SIGHT_REST) {
            sight = SIGHT_REST;
            piece->is_taken = true;
        }
    }
    atomic_store_explicit(&piece->sight, sight, memory_order_release);
}

static uint32_t
leaves_of(const struct piece *piece)
{
    return piece->until - piece->from > INPUT_LEAF ? 2 : 1;
}

static void
leaves_hash(struct piece *piece, const char *bytes)
{
    size_t len = (size_t)(piece->until - piece->from);

    if (len == 2 * INPUT_LEAF) {
        digest_pair(piece->leaves, bytes, bytes + INPUT_LEAF, INPUT_LEAF);
        return;
    }
    for (uint32_t i = 0; i < leaves_of(piece); i++) {
        size_t at = i * INPUT_LEAF;
        piece->leaves[i] = digest_of(bytes + at, len - at < INPUT_LEAF ? len - at : INPUT_LEAF);
    }
}

static hedui_status
stream_read(struct reading *reading, struct lane *lane, struct piece *piece, struct rows_task *task,
            struct err *err)
{
    const struct input *input = &reading->inputs[piece->file];
    hedui_status rc = HEDUI_OK;

    FAIL(input_stream_open(&task->stream, input, input->is_gzip, err));
    if (!reading->job->is_dry)
        task->spill = &reading->refused[piece->file];
    FAIL(rows_read(lane, task, err));
    if (input->is_gzip)
        reading->files[piece->file].digest = input_stream_digest(task->stream);
done:
    input_stream_close(task->stream);
    return rc;
}

/* A piece of a plain file: looked at, numbered once the one before is, and read. is_first: of its
 * round. *is_done: false where its turn comes in the next one. */
static hedui_status
piece_read(struct reading *reading, struct lane *lane, struct piece *piece, struct rows_task *task,
           bool is_first, bool *is_done, struct err *err)
{
    const struct piece *before = piece_before(reading, piece);
    bool are_lines = false;

    TRY(piece_look(reading, lane, piece, &are_lines, err));
    *is_done = before == NULL || before_wait(reading, before);
    if (!*is_done)
        return HEDUI_OK;
    piece_place(reading, lane, piece, before, are_lines, &task->start);
    leaves_hash(piece, lane->window); /* now: who waits goes on */
    task->line = piece->line;
    if (piece->is_taken)
        return HEDUI_OK; /* by a stream that began before it */
    if (!are_lines) {
        if (!is_first) { /* its refused rows go to the file at once: those before it go first */
            *is_done = false;
            atomic_store(&reading->is_paused, true);
            return HEDUI_OK;
        }
        task->start += piece->from;
        return stream_read(reading, lane, piece, task, err);
    }
    return rows_read(lane, task, err);
}

static hedui_status
task_read(void *context, uint32_t lane, size_t number, struct err *err)
{
    struct reading *reading = context;
    struct piece *piece = &reading->tasks[reading->task_base + number];
    struct rows_task task = {
        .plan = reading->plans[piece->file],
        .from = piece->from,
        .until = piece->until,
        .start = (size_t)reading->plans[piece->file]->body,
        .line = 2,
        .refused = &piece->refused,
    };
    bool is_done = true;
    hedui_status rc = HEDUI_OK;

    if (piece->is_done)
        return HEDUI_OK; /* in an earlier round */
    if (number > 0 && !piece->is_stream && reading->waiting > WAITING_MAX) {
        atomic_store(&reading->is_paused, true);
        return HEDUI_OK; /* its turn comes once the waiting refused rows are written */
    }
    if (piece->is_stream)
        FAIL(stream_read(reading, &reading->lanes[lane], piece, &task, err));
    else
        FAIL(piece_read(reading, &reading->lanes[lane], piece, &task, number == 0, &is_done, err));
    if (!is_done)
        return HEDUI_OK;
    piece->physical = task.physical;
    piece->refused_count = task.refused_count;
    piece->is_done = true;
    reading->waiting += piece->refused.len;
    reading->bytes_done += piece->until - piece->from;
    if (lane == 0 && reading->job->progress != NULL)
        reading->job->progress(reading->job->progress_context, reading->bytes_done,
                               reading->bytes_all);
done:
    if (rc != HEDUI_OK)
        atomic_store(&reading->is_paused, true); /* nobody waits for this piece */
    return rc;
}

/* Streams first, they take longest; then pieces, file by file, in order. */
static hedui_status
tasks_make(struct reading *reading, struct err *err)
{
    size_t most = 0;

    for (uint32_t i = 0; i < reading->opened; i++)
        most += reading->inputs[i].is_gzip ? 1 : input_pieces(&reading->inputs[i]);
    reading->tasks = room(reading, most, sizeof *reading->tasks);
    if (reading->tasks == NULL)
        return arena_full(reading->arena, err);
    for (uint32_t i = 0; i < reading->opened; i++)
        if (reading->inputs[i].is_gzip)
            reading->tasks[reading->task_count++] =
                (struct piece){.file = i, .until = reading->inputs[i].bytes, .is_stream = true};
    for (uint32_t i = 0; i < reading->opened; i++) {
        const struct input *input = &reading->inputs[i];
        for (uint64_t at = 0; !input->is_gzip && at < input->bytes; at += INPUT_PIECE)
            reading->tasks[reading->task_count++] = (struct piece){
                .file = i,
                .from = at,
                .until = at + INPUT_PIECE < input->bytes ? at + INPUT_PIECE : input->bytes,
            };
    }
    assert(reading->task_count == most);
    for (size_t t = 0; t < reading->task_count; t++)
        buf_init(&reading->tasks[t].refused, true);
    return HEDUI_OK;
}

/* Rounds over the tasks; between them the refused rows go to their files, in order. */
static hedui_status
tasks_run(struct reading *reading, struct err *err)
{
    while (reading->written < reading->task_count) {
        reading->task_base = reading->written;
        atomic_store(&reading->is_paused, false);
        TRY(pool_run(reading->job->pool, reading->task_count - reading->task_base, task_read,
                     reading, err));
        while (reading->written < reading->task_count && reading->tasks[reading->written].is_done) {
            struct piece *piece = &reading->tasks[reading->written++];
            struct feed_file *file = &reading->files[piece->file];
            file->physical += piece->physical;
            file->refused += piece->refused_count;
            reading->waiting -= piece->refused.len;
            TRY(refused_file_write(&reading->refused[piece->file], &piece->refused, err));
            buf_release(&piece->refused);
        }
    }
    return HEDUI_OK;
}

/* The digests of plain files, from those of their leaves. */
static hedui_status
digests_join(struct reading *reading, struct err *err)
{
    const struct piece *piece = reading->tasks, *end = piece + reading->task_count;

    while (piece < end && piece->is_stream)
        piece++;
    for (uint32_t i = 0; i < reading->opened; i++) {
        struct digester *digester = NULL;
        if (reading->inputs[i].is_gzip)
            continue;
        TRY(digester_open(&digester, err));
        for (; piece < end && piece->file == i; piece++)
            for (uint32_t leaf = 0; leaf < leaves_of(piece); leaf++)
                digester_add(digester, piece->leaves[leaf].bytes, DIGEST_BYTES);
        reading->files[i].digest = digester_finish(digester);
        digester_close(digester);
    }
    return HEDUI_OK;
}

static int
count_order(const void *a, const void *b)
{
    const struct feed_count *left = a, *right = b;

    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return text_cmp(left->what, right->what);
}

static hedui_status
reasons_report(struct reading *reading, struct feed_report *out, struct err *err)
{
    struct dict all;
    uint64_t *counts = NULL;
    size_t most = 0;
    hedui_status rc = HEDUI_OK;

    dict_init(&all, 0, true);
    for (uint32_t i = 0; i < reading->lane_count; i++)
        most += reading->lanes[i].whats.count;
    counts = room(reading, most, sizeof *counts);
    out->reasons = room(reading, most, sizeof *out->reasons);
    if (counts == NULL || out->reasons == NULL)
        FAIL(arena_full(reading->arena, err));
    for (uint32_t i = 0; i < reading->lane_count; i++) {
        const struct lane *lane = &reading->lanes[i];
        for (uint32_t w = 0; w < lane->whats.count; w++) {
            uint32_t number = dict_add(&all, lane->whats.items[w]);
            if (number == DICT_FULL)
                FAIL(err_set(err, HEDUI_E_MEMORY,
                             "内存不足，无法统计退回行\nno memory left to count refused rows"));
            counts[number] += lane->what_counts[w];
        }
    }
    for (uint32_t i = 0; i < all.count; i++) {
        out->reasons[i] = (struct feed_count){arena_text(reading->arena, all.items[i]), counts[i]};
        if (out->reasons[i].what.at == NULL)
            FAIL(arena_full(reading->arena, err));
    }
    out->reason_count = all.count;
    if (all.count > 0)
        qsort(out->reasons, all.count, sizeof *out->reasons, count_order);
done:
    dict_release(&all);
    return rc;
}

static hedui_status
ignored_report(struct reading *reading, struct feed_report *out, struct err *err)
{
    const struct mapping *mapping = reading->job->mapping;

    out->ignored = room(reading, SKIPS_MAX + 1, sizeof *out->ignored);
    if (out->ignored == NULL)
        return arena_full(reading->arena, err);
    for (uint32_t s = 0; s <= SKIPS_MAX; s++) {
        uint64_t count = 0;
        for (uint32_t i = 0; i < reading->lane_count; i++)
            count += reading->lanes[i].ignored[s];
        if (count > 0)
            out->ignored[out->ignored_count++] = (struct feed_count){
                s < SKIPS_MAX ? mapping->skips[s].why : TEXT("空行 blank line"), count};
    }
    if (out->ignored_count > 0)
        qsort(out->ignored, out->ignored_count, sizeof *out->ignored, count_order);
    return HEDUI_OK;
}

static hedui_status
report_make(struct reading *reading, struct feed_report *out, struct err *err)
{
    struct balance *sum = &out->balance;

    *out = (struct feed_report){.file_count = reading->opened, .files = reading->files};
    for (uint32_t i = 0; i < reading->opened; i++) {
        TRY(input_check_unchanged(&reading->inputs[i], err));
        sum->physical += reading->files[i].physical;
        if (reading->files[i].refused > 0 && !reading->job->is_dry)
            reading->files[i].refused_path = reading->refused[i].path.at;
        TRY(refused_file_finish(&reading->refused[i], err));
    }
    for (uint32_t i = 0; i < reading->lane_count; i++) {
        const struct balance *part = &reading->lanes[i].balance;
        sum->accepted += part->accepted;
        sum->refused += part->refused;
        sum->ignored += part->ignored;
        sum->unplaced += part->unplaced;
        sum->folded += part->folded;
        sum->upgraded += part->upgraded;
    }
    assert(sum->physical == sum->accepted + sum->refused + sum->ignored); /* nothing lost */
    TRY(reasons_report(reading, out, err));
    return ignored_report(reading, out, err);
}

hedui_status
feed_read(struct feed_report *out, const struct feed_job *job, const struct feed_sink *sink,
          struct arena *arena, struct err *err)
{
    struct reading reading = {.job = job, .sink = sink, .arena = arena};
    struct feed_report report;
    hedui_status rc = HEDUI_OK;

    assert(job->path_count > 0 && sink->rows != NULL);
    if (job->path_count > FILES_MAX)
        return err_set(err, HEDUI_E_LIMIT,
                       "一次命令最多 %d 个文件\nmore than %d files in one command", FILES_MAX,
                       FILES_MAX);
    FAIL(inputs_open(&reading, err));
    FAIL(lanes_open(&reading, err));
    FAIL(tasks_make(&reading, err));
    FAIL(tasks_run(&reading, err));
    FAIL(digests_join(&reading, err));
    FAIL(report_make(&reading, &report, err));
    *out = report;
done:
    for (size_t i = 0; i < reading.task_count; i++)
        buf_release(&reading.tasks[i].refused);
    for (uint32_t i = 0; i < reading.opened; i++) {
        if (reading.refused[i].plan != NULL)
            refused_file_drop(&reading.refused[i]);
        input_close(&reading.inputs[i]);
    }
    for (uint32_t i = 0; reading.lanes != NULL && i < reading.lane_count; i++)
        lane_close(&reading.lanes[i]);
    return rc;
}
