/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's references to its allocator: the slots through which its objects call it, and pointers to it in their
 * data. Each has the address of the function, or, where it is bound at the first call, of the object's own code.
 * By the library's own thread only.
 */
#ifndef OBSERVE_SLOTS_H
#define OBSERVE_SLOTS_H

#include <stdint.h>

struct slots_done {
	uint32_t changed;
	uint32_t refused; /* pages that the kernel did not let us write to */
};

/*
 * Leads all of them to the hooks, or back again. Pages that the loader has made read-only are writable only
 * meanwhile. Objects that were loaded since the last time are found, those that are gone are not missed.
 */
struct slots_done slots_lead_here(void);
struct slots_done slots_lead_back(void);

/* Changes whenever an object is loaded. */
uint64_t slots_loaded(void);

#endif
