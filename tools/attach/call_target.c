/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two kinds: a call of a stub of the program's (PLT), that jumps through a slot, and a call through the slot itself
 * (-fno-plt). A call through a register is of neither, and nothing is said of it.
 */
#include "tools/attach/call_target.h"

#include <string.h>

typedef bool reads(void *arg, uint64_t at, void *to, size_t n);

/* A page is what is mapped, or not. */
static bool
read_bytes(reads *read, void *arg, uint64_t at, unsigned char *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!read(arg, at + i, to + i, 1))
			return false;
	return true;
}

static uint64_t
relative(const unsigned char *distance, uint64_t next)
{
	int32_t d;

	memcpy(&d, distance, sizeof(d));
	return next + (uint64_t)(int64_t)d;
}

static bool
read_slot(reads *read, void *arg, uint64_t slot, uint64_t *target)
{
	unsigned char bytes[8];

	if (!read_bytes(read, arg, slot, bytes, sizeof(bytes)))
		return false;
	memcpy(target, bytes, sizeof(*target));
	return true;
}

/* endbr64; bnd jmp *slot(%rip), of which only the jump must be. */
static bool
through_stub(reads *read, void *arg, uint64_t stub, uint64_t *target)
{
	static const unsigned char begins[] = {0xf3, 0x0f, 0x1e, 0xfa};
	unsigned char code[4], jump[6];
	uint64_t at = stub;

	if (read_bytes(read, arg, at, code, sizeof(code)) &&
	    memcmp(code, begins, sizeof(begins)) == 0)
		at += sizeof(begins);
	if (read_bytes(read, arg, at, code, 1) && code[0] == 0xf2)
		at++;
	return read_bytes(read, arg, at, jump, sizeof(jump)) && jump[0] == 0xff &&
	       jump[1] == 0x25 &&
	       read_slot(read, arg, relative(jump + 2, at + sizeof(jump)), target);
}

bool
call_target(uint64_t return_at, reads *read, void *arg, uint64_t *target)
{
	unsigned char code[6];

	if (!read_bytes(read, arg, return_at - sizeof(code), code, sizeof(code)))
		return false;
	if (code[0] == 0xff && code[1] == 0x15)
		return read_slot(read, arg, relative(code + 2, return_at), target);
	return code[1] == 0xe8 &&
	       through_stub(read, arg, relative(code + 2, return_at), target);
}
