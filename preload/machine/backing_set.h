/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the blocks: the options huge, prefault and numa, put into force. */
#ifndef PRELOAD_BACKING_SET_H
#define PRELOAD_BACKING_SET_H

/* Before the pool is made. */
void backing_set(void);

#endif
