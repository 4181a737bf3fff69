/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing is remembered: a slot is known by its relocation, and whether it is to be changed by what it holds. One
 * store of a word changes it, so that other threads call the one or the other. What other tools have put there
 * is left alone.
 */
#include "observe/slots.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "observe/hooks.h"
#include "observe/image.h"
#include "observe/loaded.h"
#include "observe/originals.h"

#if defined(__x86_64__)
#define KIND_SLOT   R_X86_64_JUMP_SLOT
#define KIND_GLOBAL R_X86_64_GLOB_DAT
#define KIND_WORD   R_X86_64_64
#elif defined(__aarch64__)
#define KIND_SLOT   R_AARCH64_JUMP_SLOT
#define KIND_GLOBAL R_AARCH64_GLOB_DAT
#define KIND_WORD   R_AARCH64_ABS64
#else
#error "the relocations of this machine are not known"
#endif

/* An object refers to a name once, or twice where it is defined there as well. */
#define SYMBOLS_MAX 64

struct symbols {
	const struct image *image;
	uint64_t filter; /* bit symbol % 64 */
	uint32_t n;
	uint32_t index[SYMBOLS_MAX];
	enum original original[SYMBOLS_MAX];
	enum original now; /* whose symbols are being added */
	uint32_t defined;  /* bit: the object has a function of that name itself */
};

struct change {
	bool here;
	uintptr_t
		page; /* 0, or of the pages that the loader made read-only one that is writable now */
	struct slots_done done;
};

static const char *const names[N_ORIGINALS] = {
#define X(name) #name,
#include "observe/observed.def"
#undef X
};

static void
add_symbol(void *context, uint32_t symbol)
{
	struct symbols *s = context;

	if (s->image->symbols[symbol].st_shndx != SHN_UNDEF)
		s->defined |= 1u << s->now;
	if (s->n == SYMBOLS_MAX)
		return;
	s->index[s->n] = symbol;
	s->original[s->n++] = s->now;
	s->filter |= (uint64_t)1 << symbol % 64;
}

/* Which of the functions the symbol names; N_ORIGINALS: none. */
static enum original
original_of(const struct symbols *s, uint32_t symbol)
{
	if ((s->filter >> symbol % 64 & 1) != 0)
		for (uint32_t i = 0; i < s->n; i++)
			if (s->index[i] == symbol)
				return s->original[i];
	return N_ORIGINALS;
}

static uintptr_t
page_bytes(void)
{
	return (uintptr_t)sysconf(_SC_PAGESIZE);
}

/* Whether the loader has made the page read-only after it was done with it; as it rounds. */
static bool
is_sealed(const struct image *i, uintptr_t at)
{
	uintptr_t mask = ~(page_bytes() - 1);

	for (size_t k = 0; k < i->n_headers; k++) {
		const ElfW(Phdr) *h = &i->headers[k];
		uintptr_t start = (i->bias + h->p_vaddr) & mask;
		uintptr_t end = (i->bias + h->p_vaddr + h->p_memsz) & mask;

		if (h->p_type == PT_GNU_RELRO && at >= start && at < end)
			return true;
	}
	return false;
}

static bool
is_data(const struct image *i, uintptr_t at)
{
	for (size_t k = 0; k < i->n_headers; k++) {
		const ElfW(Phdr) *h = &i->headers[k];

		if (h->p_type == PT_LOAD && (h->p_flags & PF_W) != 0 &&
		    at - i->bias - h->p_vaddr < h->p_memsz)
			return true;
	}
	return false;
}

static void
seal(struct change *c)
{
	if (c->page != 0)
		mprotect((void *)c->page, page_bytes(), PROT_READ);
	c->page = 0;
}

/* Slots of one page come one after the other: its protection is changed once. */
static bool
unseal(struct change *c, uintptr_t at)
{
	uintptr_t page = at & ~(page_bytes() - 1);

	if (page == c->page)
		return true;
	seal(c);
	if (mprotect((void *)page, page_bytes(), PROT_READ | PROT_WRITE) != 0) {
		c->done.refused++;
		return false;
	}
	c->page = page;
	return true;
}

/*
 * A slot that is not bound yet leads into the object's own code. Where the object defines the function itself, that
 * may be another allocator than the host's, and stays.
 */
static bool
is_unbound(const struct symbols *s, const ElfW(Rela) * r, enum original which,
	   uintptr_t now)
{
	return ELF64_R_TYPE(r->r_info) == KIND_SLOT && (s->defined >> which & 1) == 0 &&
	       image_has(s->image, now);
}

static void
change_slot(struct change *c, const struct symbols *s, const ElfW(Rela) * r,
	    enum original which)
{
	const struct image *i = s->image;
	uintptr_t at = i->bias + r->r_offset, real = (uintptr_t)originals.by_name[which];
	uintptr_t hook = (uintptr_t)hooks_of(which), now;

	if (real == 0 || at % sizeof(uintptr_t) != 0 || r->r_addend != 0 ||
	    !is_data(i, at))
		return;
	now = __atomic_load_n((uintptr_t *)at, __ATOMIC_RELAXED);
	if (c->here ? now != real && !is_unbound(s, r, which, now) : now != hook)
		return;
	if (is_sealed(i, at) && !unseal(c, at))
		return;
	__atomic_store_n((uintptr_t *)at, c->here ? hook : real, __ATOMIC_RELEASE);
	c->done.changed++;
}

static void
change_slots(struct change *c, const struct symbols *s, const ElfW(Rela) * r, size_t n)
{
	for (; n > 0; n--, r++) {
		uint32_t kind = (uint32_t)ELF64_R_TYPE(r->r_info);

		if (kind != KIND_SLOT && kind != KIND_GLOBAL && kind != KIND_WORD)
			continue;
		enum original which = original_of(s, (uint32_t)ELF64_R_SYM(r->r_info));
		if (which != N_ORIGINALS)
			change_slot(c, s, r, which);
	}
}

/* The loader has pointers of its own to its allocator, and calls it with its locks held. */
static bool
is_left_alone(const struct image *i)
{
	return image_has(i, (uintptr_t)names) || image_has(i, getauxval(AT_BASE)) ||
	       i->bias == getauxval(AT_SYSINFO_EHDR);
}

static int
change_object(struct dl_phdr_info *info, size_t bytes, void *context)
{
	struct change *c = context;
	struct image image;
	struct symbols s = {.image = &image};

	(void)bytes;
	if (!image_read(&image, info) || is_left_alone(&image))
		return 0;
	/* What an allocator maps holds the blocks that are seen. */
	bool allocates = image_has(&image, (uintptr_t)originals.malloc);
	for (s.now = 0; s.now < N_ORIGINALS; s.now++)
		if (!allocates || !original_maps(s.now))
			image_symbols(&image, names[s.now], add_symbol, &s);
	if (s.n == 0)
		return 0;
	change_slots(c, &s, image.plt, image.n_plt);
	change_slots(c, &s, image.relocations, image.n_relocations);
	seal(c);
	return 0;
}

struct slots_done
slots_lead_here(void)
{
	struct change c = {.here = true};

	loaded_each(change_object, &c);
	return c.done;
}

struct slots_done
slots_lead_back(void)
{
	struct change c = {.here = false};

	loaded_each(change_object, &c);
	return c.done;
}

static int
note_loaded(struct dl_phdr_info *info, size_t bytes, void *context)
{
	(void)bytes;
	*(uint64_t *)context = info->dlpi_adds;
	return 1;
}

uint64_t
slots_loaded(void)
{
	uint64_t loaded = 0;

	loaded_each(note_loaded, &loaded);
	return loaded;
}
