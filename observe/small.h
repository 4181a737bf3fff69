/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small blocks while weir is attached: the shim's sampler (preload/entries/sampler.c) stands before the host's allocator as it
 * stands before the next one there. Until it samples the way leads straight on.
 */
#ifndef OBSERVE_SMALL_H
#define OBSERVE_SMALL_H

#include "preload/ground/next.h"

/* By the library's own thread: before the slots lead here, after they lead back, and now and then in between. */
void small_begin(void);
void small_end(void);
void small_look(void);

/* A block that is about to be resized beyond what is small: if it is a sample, it ends. */
void small_outgrown(const void *p);

#endif
