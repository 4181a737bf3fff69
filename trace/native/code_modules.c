/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modules are only ever added: one that was unmapped stays, for the stacks that name it. Called by code.c.
 */
#include "trace/native/code_modules.h"

#include <elf.h>
#include <link.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/auxv.h>

#include "trace/ground/checked.h"
#include "trace/ground/intern.h"

#define PATH_BYTES  65536
#define MAX_HEADERS 64

static struct code_module modules[CODE_MODULES];
static _Atomic uint32_t n_modules;
static char paths[PATH_BYTES];
static uint32_t paths_used;

static bool
read_note(uint64_t address, uint64_t bytes, struct weir_trace_module *to)
{
	for (uint64_t at = 0; at + 12 <= bytes && bytes < 65536;) {
		uint32_t head[3];
		char name[4];

		if (!checked_peek(address + at, head, sizeof(head)) || head[0] > 64 ||
		    head[1] > 1024 || !checked_peek(address + at + 12, name, 4))
			return false;
		uint64_t text = at + 12 + ((head[0] + 3) & ~3u);
		if (head[2] == NT_GNU_BUILD_ID && head[0] == 4 &&
		    memcmp(name, "GNU", 4) == 0 && head[1] <= sizeof(to->build_id)) {
			to->build_id_bytes = (uint8_t)head[1];
			return checked_peek(address + text, to->build_id, head[1]);
		}
		at = text + ((head[1] + 3) & ~3u);
	}
	return false;
}

static void
read_headers(uint64_t header, struct code_module *module)
{
	struct weir_trace_module *to = &module->record;
	static ElfW(Ehdr) eh; /* off the host's stack */
	static ElfW(Phdr) ph[MAX_HEADERS];

	if (!checked_peek(header, &eh, sizeof(eh)) ||
	    memcmp(eh.e_ident, ELFMAG, SELFMAG) != 0 || eh.e_phentsize != sizeof(ph[0]) ||
	    eh.e_phnum > MAX_HEADERS ||
	    !checked_peek(header + eh.e_phoff, ph, eh.e_phnum * sizeof(ph[0])))
		return;
	for (unsigned i = 0; i < eh.e_phnum; i++)
		if (ph[i].p_type == PT_LOAD && ph[i].p_offset == 0)
			to->bias = header - ph[i].p_vaddr;
	for (unsigned i = 0; i < eh.e_phnum; i++)
		if (ph[i].p_type == PT_GNU_EH_FRAME)
			module->eh_frame_header = to->bias + ph[i].p_vaddr;
	for (unsigned i = 0; i < eh.e_phnum; i++) {
		const struct code_span span = {to->bias + ph[i].p_vaddr,
					       to->bias + ph[i].p_vaddr + ph[i].p_filesz};

		if (ph[i].p_type == PT_LOAD && (ph[i].p_flags & PF_R) != 0 &&
		    header + eh.e_phoff == getauxval(AT_PHDR) &&
		    code_in(&span, module->eh_frame_header))
			module->lasting = span;
	}
	for (unsigned i = 0; i < eh.e_phnum; i++)
		if (ph[i].p_type == PT_NOTE &&
		    read_note(to->bias + ph[i].p_vaddr, ph[i].p_memsz, to))
			break;
}

uint16_t
code_modules_add(const struct maps_line *line, uint64_t header)
{
	uint32_t n = atomic_load_explicit(&n_modules, memory_order_relaxed);
	size_t length = strlen(line->path);

	for (uint32_t i = 0; i < n; i++)
		if (modules[i].record.start == line->start &&
		    modules[i].record.end == line->end &&
		    strcmp(modules[i].path, line->path) == 0)
			return (uint16_t)(i + 1);
	if (n == CODE_MODULES || paths_used + length + 1 > PATH_BYTES) {
		static bool told;

		if (!told)
			intern_drop(WEIR_DROP_modules);
		told = true;
		return 0;
	}
	struct code_module *m = &modules[n];
	*m = (struct code_module){
		.record = {.start = line->start,
			   .end = line->end,
			   .file_offset = line->offset,
			   .bias = line->start - line->offset},
		.path = memcpy(paths + paths_used, line->path, length + 1),
		.path_bytes = (uint32_t)length,
		.header = header,
	};
	paths_used += (uint32_t)length + 1;
	if (header != 0)
		read_headers(header, m);
	atomic_store_explicit(&n_modules, n + 1, memory_order_release);
	return (uint16_t)(n + 1);
}

uint32_t
code_modules_count(void)
{
	return atomic_load_explicit(&n_modules, memory_order_acquire);
}

struct code_module *
code_modules_get(uint16_t number)
{
	return &modules[number - 1];
}

struct code_module *
code_module_named(const char *prefix)
{
	uint32_t n = atomic_load_explicit(&n_modules, memory_order_acquire);

	for (uint32_t i = 0; i < n; i++) {
		const char *slash = strrchr(modules[i].path, '/');

		/* A copy of its builtins, which V8 puts near its heap, may lie in front of the library. */
		if (modules[i].header != 0 &&
		    strncmp(slash != NULL ? slash + 1 : modules[i].path, prefix,
			    strlen(prefix)) == 0)
			return &modules[i];
	}
	return NULL;
}
