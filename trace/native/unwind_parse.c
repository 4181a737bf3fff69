/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Call frame information as in DWARF 5, section 6.4, and the Linux Standard Base: which register and
 * offset give the caller's stack pointer at one address, and where the caller's frame pointer is.
 */
#include "trace/native/unwind.h"

#include <string.h>

/* Registers of x86-64 as DWARF numbers them. */
#define REG_FP 6
#define REG_SP 7
#define REG_RA 16

#define ENCODING_OMITTED 0xff
#define ENCODING_PCREL4	 0x1b /* what every linker writes on x86-64 */
#define MAX_REMEMBERED	 8

struct bytes {
	const uint8_t *at, *end;
	bool failed;
	const struct unwind_fde *rest; /* of a long entry, NULL: that is all */
	uint64_t next, left;	       /* what is not read yet */
};

struct state {
	uint64_t cfa_register;
	int64_t cfa_offset;
	bool fp_saved, ra_undefined, unknown;
	int64_t fp_offset;
};

struct program {
	uint64_t code_align;
	int64_t data_align;
	uint8_t encoding;
	bool signal_frame;
	struct state first, now, remembered[MAX_REMEMBERED];
	unsigned n_remembered;
};

/* What is left of the bytes goes to the front, what follows them behind it. False: nothing does. */
static bool
read_on(struct bytes *b)
{
	size_t kept = (size_t)(b->end - b->at);

	if (b->left == 0)
		return false;
	uint8_t *window = b->rest->window;
	size_t n = b->rest->room - kept < b->left ? b->rest->room - kept : b->left;
	memmove(window, b->at, kept);
	if (!b->rest->read(b->rest->from, b->next, window + kept, n))
		return false;
	b->at = window;
	b->end = window + kept + n;
	b->next += n;
	b->left -= n;
	return true;
}

static uint64_t
fixed(struct bytes *b, unsigned n)
{
	uint64_t v = 0;

	if ((size_t)(b->end - b->at) < n &&
	    (!read_on(b) || (size_t)(b->end - b->at) < n)) {
		b->failed = true;
		return 0;
	}
	memcpy(&v, b->at, n);
	b->at += n;
	return v;
}

static uint64_t
uleb(struct bytes *b)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = (uint8_t)fixed(b, 1);

		v |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return v;
	}
	b->failed = true;
	return 0;
}

static int64_t
sleb(struct bytes *b)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64;) {
		uint8_t byte = (uint8_t)fixed(b, 1);

		v |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if ((byte & 0x80) != 0)
			continue;
		if ((byte & 0x40) != 0 && shift < 64)
			v |= -(UINT64_C(1) << shift);
		return (int64_t)v;
	}
	b->failed = true;
	return 0;
}

static void
skip(struct bytes *b, uint64_t n)
{
	while ((uint64_t)(b->end - b->at) < n && !b->failed) {
		n -= (uint64_t)(b->end - b->at);
		b->at = b->end;
		b->failed = !read_on(b);
	}
	if (!b->failed)
		b->at += n;
}

/* A pointer that is of no interest. */
static void
skip_encoded(struct bytes *b, uint8_t encoding)
{
	static const uint8_t sizes[] = {8, 0, 2, 4, 8, 0, 0, 0, 8, 0, 2, 4, 8, 0, 0, 0};

	if (encoding == ENCODING_OMITTED)
		return;
	if (sizes[encoding & 15] == 0)
		b->failed = true;
	skip(b, sizes[encoding & 15]);
}

static void
save(struct program *p, uint64_t reg, int64_t offset)
{
	if (reg == REG_FP) {
		p->now.fp_saved = true;
		p->now.fp_offset = offset;
	}
	/* The return address is where the call put it, or this is no ordinary function. */
	if (reg == REG_RA && offset != -8)
		p->now.unknown = true;
}

static void
restore(struct program *p, uint64_t reg)
{
	if (reg != REG_FP)
		return;
	p->now.fp_saved = p->first.fp_saved;
	p->now.fp_offset = p->first.fp_offset;
}

static void
undefine(struct program *p, uint64_t reg, bool by_program)
{
	p->now.ra_undefined |= reg == REG_RA && !by_program;
	p->now.unknown |= by_program && (reg == REG_RA || reg == REG_FP);
}

/* Instructions whose operands are all in the bytes that follow. */
static void
long_instruction(struct program *p, struct bytes *b, uint8_t op)
{
	uint64_t reg;

	switch (op) {
	case 0x00: /* nop */
		return;
	case 0x05: /* offset_extended */
		reg = uleb(b);
		save(p, reg, (int64_t)uleb(b) * p->data_align);
		return;
	case 0x11: /* offset_extended_sf */
		reg = uleb(b);
		save(p, reg, sleb(b) * p->data_align);
		return;
	case 0x06: /* restore_extended */
		restore(p, uleb(b));
		return;
	case 0x07: /* undefined */
		undefine(p, uleb(b), false);
		return;
	case 0x08: /* same_value */
		restore(p, uleb(b));
		return;
	case 0x0a: /* remember_state */
		if (p->n_remembered < MAX_REMEMBERED)
			p->remembered[p->n_remembered++] = p->now;
		else
			b->failed = true;
		return;
	case 0x0b: /* restore_state */
		if (p->n_remembered > 0)
			p->now = p->remembered[--p->n_remembered];
		else
			b->failed = true;
		return;
	case 0x0c: /* def_cfa */
		p->now.cfa_register = uleb(b);
		p->now.cfa_offset = (int64_t)uleb(b);
		return;
	case 0x12: /* def_cfa_sf */
		p->now.cfa_register = uleb(b);
		p->now.cfa_offset = sleb(b) * p->data_align;
		return;
	case 0x0d: /* def_cfa_register */
		p->now.cfa_register = uleb(b);
		return;
	case 0x0e: /* def_cfa_offset */
		p->now.cfa_offset = (int64_t)uleb(b);
		return;
	case 0x13: /* def_cfa_offset_sf */
		p->now.cfa_offset = sleb(b) * p->data_align;
		return;
	case 0x0f: /* def_cfa_expression: the stubs of the linkage table */
		p->now.unknown = true;
		skip(b, uleb(b));
		return;
	case 0x10: /* expression */
	case 0x16: /* val_expression */
		undefine(p, uleb(b), true);
		skip(b, uleb(b));
		return;
	case 0x09: /* register */
	case 0x14: /* val_offset */
		undefine(p, uleb(b), true);
		uleb(b);
		return;
	case 0x2e: /* GNU_args_size */
		uleb(b);
		return;
	default:
		b->failed = true;
	}
}

/* Up to the instruction that is about addresses from `pc` on. */
static void
run(struct program *p, struct bytes *b, uint64_t start, uint64_t pc)
{
	while ((b->at < b->end || b->left > 0) && !b->failed && start <= pc) {
		uint8_t op = (uint8_t)fixed(b, 1);
		uint64_t low = op & 0x3f;

		if (op >> 6 == 1)
			start += low * p->code_align;
		else if (op >> 6 == 2)
			save(p, low, (int64_t)uleb(b) * p->data_align);
		else if (op >> 6 == 3)
			restore(p, low);
		else if (op >= 0x02 && op <= 0x04) /* advance_loc1, 2, 4 */
			start += fixed(b, 1u << (op - 2)) * p->code_align;
		else
			long_instruction(p, b, op);
	}
}

/* Past the length and the pointer to the CIE, or the zero that a CIE has there. */
static bool
open_entry(struct bytes *b, const uint8_t *entry, size_t bytes)
{
	uint32_t length;

	if (bytes < 8)
		return false;
	memcpy(&length, entry, 4);
	if (length < 4 || length > bytes - 4)
		return false;
	*b = (struct bytes){.at = entry + 8, .end = entry + 4 + length};
	return true;
}

/* The same of one that may be longer than its window. */
static bool
open_long(struct bytes *b, const struct unwind_fde *fde)
{
	uint32_t length;

	if (fde->room < 32 || !fde->read(fde->from, fde->address, fde->window, 8))
		return false;
	memcpy(&length, fde->window, 4);
	if (length < 4 || length > UNWIND_FDE_MOST)
		return false;
	*b = (struct bytes){.at = fde->window,
			    .end = fde->window,
			    .rest = fde,
			    .next = fde->address + 8,
			    .left = length - 4};
	return true;
}

static bool
read_cie(struct program *p, const uint8_t *cie, size_t bytes)
{
	struct bytes b;

	if (!open_entry(&b, cie, bytes))
		return false;
	uint8_t version = (uint8_t)fixed(&b, 1);
	const uint8_t *augmentation = b.at;
	const uint8_t *end = memchr(b.at, 0, (size_t)(b.end - b.at));
	if (end == NULL || (version != 1 && version != 3) || augmentation[0] != 'z')
		return false;
	b.at = end + 1;
	p->code_align = uleb(&b);
	p->data_align = sleb(&b);
	if ((version == 1 ? fixed(&b, 1) : uleb(&b)) != REG_RA)
		return false;
	uleb(&b);
	for (const uint8_t *a = augmentation + 1; a < end && !b.failed; a++) {
		if (*a == 'R')
			p->encoding = (uint8_t)fixed(&b, 1);
		else if (*a == 'P')
			skip_encoded(&b, (uint8_t)fixed(&b, 1));
		else if (*a == 'L')
			fixed(&b, 1);
		else if (*a == 'S')
			p->signal_frame = true;
		else
			return false;
	}
	run(p, &b, 0, 0);
	p->first = p->now;
	return !b.failed && p->encoding == ENCODING_PCREL4;
}

bool
unwind_parse(const uint8_t *cie, size_t cie_bytes, const struct unwind_fde *fde,
	     uint64_t pc, struct unwind_rule *to)
{
	struct program p = {0};
	struct bytes b;

	if (!read_cie(&p, cie, cie_bytes) || !open_long(&b, fde) || p.signal_frame)
		return false;
	uint64_t field = fde->address + 8;
	uint64_t start = field + (uint64_t)(int64_t)(int32_t)fixed(&b, 4);
	uint64_t length = fixed(&b, 4);
	skip(&b, uleb(&b));
	/* A return address may lie behind its function, if the call does not return. */
	if (b.failed || pc - 1 - start >= length)
		return false;
	run(&p, &b, start, pc - 1);
	if (b.failed || p.now.unknown || p.now.cfa_offset > INT32_MAX ||
	    p.now.cfa_offset < 8 || p.now.fp_offset < INT32_MIN)
		return false;
	if (p.now.ra_undefined)
		to->how = UNWIND_END;
	else if (p.now.cfa_register == REG_SP || p.now.cfa_register == REG_FP)
		to->how = p.now.cfa_register == REG_SP ? UNWIND_BY_SP : UNWIND_BY_FP;
	else
		return false;
	to->offset = (int32_t)p.now.cfa_offset;
	to->fp_saved = p.now.fp_saved;
	to->fp_offset = (int32_t)p.now.fp_offset;
	return true;
}
