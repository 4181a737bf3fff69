/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mailbox in the sidecar, and what the hook that collects has there (node/weir_collect.js). All calls under the timer's
 * work lock.
 */
#ifndef PRELOAD_SEGMENT_MAIL_H
#define PRELOAD_SEGMENT_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "preload/machine/bell.h"
#include "preload/sidecar/segment_file.h"

/* By segment.c: that file has just been made. */
void segment_mail_made(struct segment_file *f);
void segment_mail_after_fork(void);

/* Before there is a file: what is to stand in it for the hook, to tell that it is its own (node/weir_collect.js). */
void segment_collect(uint64_t token);

/* What the hook says that collections have freed so far; 0 without a hook. */
uint64_t segment_collected(void);

/*
 * The mailbox (struct weir_stats_mailbox): a request that has not been answered, the answer, where to wait
 * for one.
 */
bool segment_mail(struct weir_stats_mailbox *m);
void segment_answer(const struct weir_stats_mailbox *m, int64_t result);
/* True: it is the hook's to answer, and the clock has seen it; false: no hook is there. */
bool segment_leave_mail(const struct weir_stats_mailbox *m);
/* It is answered later: until then it wakes nobody. */
void segment_put_off(const struct weir_stats_mailbox *m);
struct bell_mail segment_bell(void);

#endif
