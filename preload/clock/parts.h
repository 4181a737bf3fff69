/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where resident memory is, for the record, by the rules of policy/account.h. Called by the
 * clock's work, under its lock; costs about a millisecond a gigabyte.
 */
#ifndef PRELOAD_PARTS_H
#define PRELOAD_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "preload/sidecar/snapshot.h"

/* Looks if it is due. `rss_bytes`: what is resident. `briefly`: not if it would take milliseconds. */
void parts_look(struct snapshot_parts *p, int64_t now_ns, uint64_t rss_bytes,
		bool briefly);

void parts_after_fork(void);

#endif
