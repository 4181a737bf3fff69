/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library to preload that stands in front of the C library's mremap, as those do that keep the
 * addresses of registered memory. WATCH=four: it loses the target; WATCH=astray: pages go where the
 * kernel likes. It says at its end how often it was called by the shim.
 */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic unsigned long calls;

__attribute__((visibility("default"))) void *
mremap(void *addr, size_t bytes, size_t new_bytes, int flags, ...)
{
	va_list more;

	va_start(more, flags);
	void *to = va_arg(more, void *);
	va_end(more);
	calls++;
	if (strcmp(getenv("WATCH"), "four") == 0)
		to = NULL;
	else
		flags &= ~(MREMAP_FIXED | 4);
	return (void *)syscall(SYS_mremap, addr, bytes, new_bytes, flags, to);
}

__attribute__((destructor)) static void
end(void)
{
	printf("watched %lu\n", calls);
}
