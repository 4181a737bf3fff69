/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host leaves on memory that it frees, beyond content: such blocks are not lent to others as
 * they are.
 */
#ifndef PRELOAD_ALTERED_H
#define PRELOAD_ALTERED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Finds the host's functions. From the constructor. */
void altered_init(void);

/*
 * `made_room` is asked when a call was refused for want of memory or of mappings, `bytes` new ones: if it says true, the
 * call is made once more. Outside the gate. From the constructor.
 */
void altered_when_refused(bool (*made_room)(size_t bytes));

/* Weir's own of these names, whosever the host calls. */
void *altered_mremap(void *addr, size_t bytes, size_t new_bytes, int flags, ...)
	__attribute__((visibility("hidden")));
int altered_munmap(void *addr, size_t bytes) __attribute__((visibility("hidden")));
int altered_madvise(void *addr, size_t bytes, int advice)
	__attribute__((visibility("hidden")));

/*
 * The host has asked for a descriptor (userfaultfd) by which it may have any range's page faults answered, or not:
 * what it registers is not seen, so every block is mapped anew from now on when it is freed.
 */
void altered_by_faults(void);
bool altered_all(void);

/*
 * Who wants to see the host's calls that map so many bytes of anonymous memory, or more: `by` is called in the place
 * of the function that is returned. After altered_init.
 */
#define ALTERED_OBSERVED ((size_t)128 << 10)
typedef void *altered_map(void *addr, size_t bytes, int protection, int flags, int fd,
			  off_t at);
altered_map *altered_observe(altered_map *by);

#endif
