/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What others ask of this process by its sidecar, and what the hook that collects says in it.
 */
#include "preload/sidecar/segment_mail.h"

#include <stddef.h>

#include "preload/ground/clock.h"

static struct segment_file *file; /* NULL: there was none yet */
static uint64_t answered;
static uint64_t collect_token; /* 0: no hook was asked for */

static bool
opened(void)
{
	return file != NULL && file->made && segment_file_open(file) == 0;
}

void
segment_mail_made(struct segment_file *f)
{
	file = f;
	if (collect_token != 0)
		segment_file_put(file, SEGMENT_COLLECT, &collect_token,
				 sizeof(collect_token));
}

void
segment_collect(uint64_t token)
{
	collect_token = token;
}

bool
segment_leave_mail(const struct weir_stats_mailbox *m)
{
	uint64_t state = 0;

	if (!opened())
		return false;
	segment_file_get(file, SEGMENT_COLLECT + 8 * WEIR_COLLECT_state, &state,
			 sizeof(state));
	segment_file_close(file);
	if (state == 0)
		return false;
	answered = m->request;
	return true;
}

void
segment_put_off(const struct weir_stats_mailbox *m)
{
	answered = m->request;
}

uint64_t
segment_collected(void)
{
	uint64_t freed = 0;

	if (collect_token == 0 || !opened())
		return 0;
	segment_file_get(file, SEGMENT_COLLECT + 8 * WEIR_COLLECT_freed_bytes, &freed,
			 sizeof(freed));
	segment_file_close(file);
	return freed;
}

bool
segment_mail(struct weir_stats_mailbox *m)
{
	if (!opened())
		return false;
	int error = segment_file_get(file, SEGMENT_MAILBOX, m, sizeof(*m));
	/* The number is written after the question; within one read nothing is in order. */
	if (error == 0 && m->request != answered)
		error = segment_file_get(file, SEGMENT_MAILBOX, m, sizeof(*m));
	segment_file_close(file);
	return error == 0 && m->request != answered;
}

/* The lower half of `request`, which the asker writes last. */
struct bell_mail
segment_bell(void)
{
	bool made = file != NULL && file->made;
	struct bell_mail mail = {.exists = made, .silent = (uint32_t)answered};

	if (made && !file->nameless)
		mail.word = segment_file_mailbox(file);
	return mail;
}

void
segment_answer(const struct weir_stats_mailbox *m, int64_t result)
{
	struct weir_stats_mailbox a = {
		.answered = m->request,
		.result = result,
		.answered_unix_ns = (uint64_t)clock_read(CLOCK_REALTIME),
	};
	const size_t at = offsetof(struct weir_stats_mailbox, result);

	answered = m->request;
	if (!opened())
		return;
	/* The result first: `answered` is what the asker waits for. */
	segment_file_put(file, SEGMENT_MAILBOX + at, &a.result, sizeof(a) - at);
	segment_file_put(file,
			 SEGMENT_MAILBOX + offsetof(struct weir_stats_mailbox, answered),
			 &a.answered, sizeof(a.answered));
	segment_file_close(file);
}

void
segment_mail_after_fork(void)
{
	answered = collect_token = 0;
}
