/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an attached library: one thread that attaches, writes the sidecar, reads its mail, detaches, and
 * waits for being attached again.
 */
#ifndef OBSERVE_WATCH_H
#define OBSERVE_WATCH_H

/* Starts the thread, and no more. Once, from the constructor, with the settings read. 0 or -errno. */
int watch_start(void);

/* The process ends by exit: the last write of the sidecar. */
void watch_last_words(void);

#endif
