/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host maps itself while weir is attached: the call is handed on, and who made it is noted. What becomes of a
 * mapping smaps says, as for the shim (preload/ground/mapped.h).
 */
#ifndef OBSERVE_MAPPINGS_H
#define OBSERVE_MAPPINGS_H

#include <stddef.h>
#include <sys/types.h>

/* Called by the host, instead of mmap and mmap64. */
void *mappings_mmap(void *addr, size_t bytes, int protection, int flags, int fd,
		    off_t at);
void *mappings_mmap64(void *addr, size_t bytes, int protection, int flags, int fd,
		      off_t at);

#endif
