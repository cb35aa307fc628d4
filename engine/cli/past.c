/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cli/past.h"

#include "engine/base/sys.h"
#include "engine/run/route.h"

#include "engine/base/ban.h"

bool
past_is_folder(const char *path)
{
    struct stat st;

    return path != NULL && sys_stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

hedui_status
past_open(struct past_run *past, struct session *session, const struct call *call, const char *dir)
{
    struct call with = *call;

    TRY(past_run_read(past, dir, &session->arena, &session->err));
    past->model = with.common[OPT_MODEL] != NULL ? with.common[OPT_MODEL] : past->model;
    past->data = with.common[OPT_DATA] != NULL ? with.common[OPT_DATA] : past->data;
    with.common[OPT_MODEL] = past->model;
    with.common[OPT_DATA] = past->data;
    TRY(past_run_check_batch(past, &session->err));
    TRY(session_world(session, &with, true, past->snapshot, true));
    return past_run_check_world(past, session->world, &session->err);
}

hedui_status
past_batch_read(struct past_batch *batch, struct session *session, const struct past_run *past,
                const struct pack *pack, struct text only)
{
    struct feed_report report = {0};
    struct mapping *mapping = NULL;
    struct several several;
    struct batch_options options = {.batch = past->batch,
                                    .mapping = past->mapping,
                                    .defaults = past->defaults,
                                    .only_case = only};

    TRY(route_past(&options, past, session->world->model, &session->messages, &session->arena,
                   &session->err));
    return batch_cases(&batch->set, &several, &batch->reader, &report, &mapping, &options,
                       session->world, pack, session->pool, &session->messages, &session->arena,
                       &session->err);
}

void
past_batch_close(struct past_batch *batch)
{
    application_reader_close(batch->reader);
}
