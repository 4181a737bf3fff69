/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The option trace_sample: wrappers around the next allocator that record a sample of what it
 * serves. They take its place in `next`, so that without the option nothing is paid.
 */
#ifndef PRELOAD_SAMPLER_H
#define PRELOAD_SAMPLER_H

/* At load, before the first large request. */
void sampler_init(void);

void sampler_after_fork(void);

/*
 * The functions that the sampler calls, or the interposed ones if there is none. Who puts others there says so: it
 * may be that nobody calls them yet.
 */
struct weir_next *sampler_beneath(void);
void sampler_changed(void);

#endif
