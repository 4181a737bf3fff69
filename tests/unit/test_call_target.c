/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was called, on code as linkers write it, and on what is none.
 */
#include "tools/attach/call_target.h"

#include <string.h>

#include "tests/tap.h"

#define CODE   0x401000u /* the call is at its beginning */
#define STUB   0x401020u
#define SLOT   0x404018u
#define TARGET UINT64_C(0x7f0000012340)

static struct memory {
	unsigned char code[64];
	unsigned char slot[8];
	bool no_slot;
} m;

static bool
read_it(void *arg, uint64_t at, void *to, size_t n)
{
	(void)arg;
	if (at >= CODE && at + n <= CODE + sizeof(m.code))
		memcpy(to, m.code + (at - CODE), n);
	else if (!m.no_slot && at >= SLOT && at + n <= SLOT + sizeof(m.slot))
		memcpy(to, m.slot + (at - SLOT), n);
	else
		return false;
	return true;
}

/* `call` of these bytes, `stub` of those, each without its distance; where the call ends. */
static uint64_t
write_call(const char *call, size_t call_bytes, uint32_t call_to, const char *stub,
	   size_t stub_bytes)
{
	const uint64_t target = TARGET;
	uint32_t from = CODE + 8 + (uint32_t)call_bytes + 4, distance = call_to - from;

	memset(&m, 0x90, sizeof(m));
	m.no_slot = false;
	memcpy(m.slot, &target, sizeof(target));
	memcpy(m.code + 8, call, call_bytes);
	memcpy(m.code + 8 + call_bytes, &distance, 4);
	memcpy(m.code + (STUB - CODE), stub, stub_bytes);
	distance = SLOT - (STUB + (uint32_t)stub_bytes + 4);
	memcpy(m.code + (STUB - CODE) + stub_bytes, &distance, 4);
	return from;
}

TEST(a_stub_of_each_kind_and_the_slot_itself)
{
	static const char plain[] = {'\xff', '\x25'};
	static const char marked[] = {'\xf3', '\x0f', '\x1e', '\xfa', '\xff', '\x25'};
	static const char bound[] = {'\xf3', '\x0f', '\x1e', '\xfa',
				     '\xf2', '\xff', '\x25'};
	uint64_t to = 0;

	CHECK(call_target(write_call("\xe8", 1, STUB, plain, sizeof(plain)), read_it,
			  NULL, &to));
	CHECK_EQ(to, TARGET);
	to = 0;
	CHECK(call_target(write_call("\xe8", 1, STUB, marked, sizeof(marked)), read_it,
			  NULL, &to));
	CHECK_EQ(to, TARGET);
	to = 0;
	CHECK(call_target(write_call("\xe8", 1, STUB, bound, sizeof(bound)), read_it,
			  NULL, &to));
	CHECK_EQ(to, TARGET);
	to = 0;
	CHECK(call_target(write_call("\xff\x15", 2, SLOT, plain, sizeof(plain)), read_it,
			  NULL, &to));
	CHECK_EQ(to, TARGET);
}

TEST(what_is_none_or_cannot_be_read)
{
	uint64_t to = 0, end;

	/* Into a function of its own, by a register, and an address that is not mapped. */
	CHECK(!call_target(write_call("\xe8", 1, STUB, "\x55\x48", 2), read_it, NULL,
			   &to));
	end = write_call("\xe8", 1, STUB, "\xff\x25", 2);
	memcpy(m.code + (end - CODE) - 2, "\xff\xd0", 2);
	CHECK(!call_target(end, read_it, NULL, &to));
	CHECK(!call_target(write_call("\xe8", 1, 0x10, "\xff\x25", 2), read_it, NULL,
			   &to));
	CHECK(!call_target(write_call("\xff\x15", 2, 0x10, "\xff\x25", 2), read_it, NULL,
			   &to));
	end = write_call("\xe8", 1, STUB, "\xff\x25", 2);
	m.no_slot = true;
	CHECK(!call_target(end, read_it, NULL, &to));
	/* At the edges of what is mapped, and of all there is. */
	CHECK(!call_target(CODE + 3, read_it, NULL, &to));
	CHECK(!call_target(0, read_it, NULL, &to));
	CHECK(!call_target(UINT64_MAX, read_it, NULL, &to));
	end = write_call("\xe8", 1, CODE + sizeof(m.code) - 2, "\xff\x25", 2);
	CHECK(!call_target(end, read_it, NULL, &to));
}

#define TAP_TESTS                                                                        \
	T(a_stub_of_each_kind_and_the_slot_itself)                                       \
	T(what_is_none_or_cannot_be_read)
TAP_MAIN()
