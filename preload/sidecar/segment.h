/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sidecar (weir/stats.h): its file, and the numbers that go into it. All calls under the
 * timer's work lock.
 */
#ifndef PRELOAD_SEGMENT_H
#define PRELOAD_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

/* Has anything changed that the file does not say yet? */
bool segment_news(void);

/*
 * Writes the state of this instant; makes the file once large requests add up to 1 MB, or the process was
 * found worth one for another reason.
 */
struct snapshot_clock;
void segment_want(void);
void segment_write(int64_t now_ns, bool last, const struct snapshot_clock *clock);

bool segment_exists(void);

/* What the header says of an attached library (weir/stats.h), also of a file that is there. */
void segment_attached(uint64_t attached_unix_ns, uint64_t detached_unix_ns);

/* This process was forked by another one with weir. */
bool segment_of_child(void);

/* There is none, and none will be. */
bool segment_given_up(void);

/* No file will be made any more: there is one with a name, or none is wanted or can be made. */
bool segment_settled(void);

/* A row of MARKS, which a mail asks for: its id, or -errno. */
struct weir_stats_mailbox;
int64_t segment_mark(const struct weir_stats_mailbox *m, int64_t now_ns,
		     const struct snapshot_clock *clock);

/* The child of a fork has no sidecar until it has something to tell. */
void segment_after_fork(int32_t parent_pid);

#endif
