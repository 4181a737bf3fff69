/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By the first bytes of the function: another library may lie there by then.
 */
#include "trace/runtimes/runtime_entry.h"

#include <string.h>

#include "trace/ground/checked.h"

#define ENTRY_BYTES 16
static struct {
	uint64_t address; /* of a whole block, within a page; 0: it stays */
	uint8_t bytes[ENTRY_BYTES];
} entry;

void
entry_note(uint64_t address)
{
	entry.address = address & -(uint64_t)ENTRY_BYTES;
	memcpy(entry.bytes, (const void *)(uintptr_t)entry.address, ENTRY_BYTES);
}

bool
entry_stays(void)
{
	return entry.address == 0 || (checked_readable(entry.address) &&
				      checked_readable(entry.address + ENTRY_BYTES - 1) &&
				      memcmp((const void *)(uintptr_t)entry.address,
					     entry.bytes, ENTRY_BYTES) == 0);
}
