/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mmap, on its way to the C library: who maps anonymous memory of 128 KB and more.
 */
#ifndef PRELOAD_OBSERVE_H
#define PRELOAD_OBSERVE_H

/* From the constructor, after altered_init. */
void observe_init(void);

#endif
