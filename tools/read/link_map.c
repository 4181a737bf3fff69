/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's dynamic section says where the loader's list for debuggers is. Where a library is counts, not what it is
 * called.
 */
#include "tools/read/link_map.h"

#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/auxv.h>

#include "tools/read/proc.h"
#include "tools/read/process_image.h"

#define HEADERS_MOST 64
#define DYNAMIC_MOST 256
#define LOADED_MOST  16384

/* As <link.h> has them, but for the rest of each. */
struct debug {
	int32_t version;
	uint64_t first;
};

struct loaded {
	uint64_t bias, name, dynamic, next;
};

/* Where the kernel has put the program's headers, and how many there are. */
static bool
find_headers(pid_t pid, uint64_t *at, uint64_t *n)
{
	char *text;
	size_t bytes;

	*at = *n = 0;
	if (proc_text(pid, "auxv", &text, &bytes) != 0)
		return false;
	const Elf64_auxv_t *aux = (const Elf64_auxv_t *)text;
	for (size_t i = 0; i < bytes / sizeof(*aux) && aux[i].a_type != AT_NULL; i++) {
		if (aux[i].a_type == AT_PHDR)
			*at = aux[i].a_un.a_val;
		if (aux[i].a_type == AT_PHNUM)
			*n = aux[i].a_un.a_val;
	}
	free(text);
	return *at != 0 && *n > 0 && *n <= HEADERS_MOST;
}

/* Where the program's dynamic section is; 0: nowhere. */
static uint64_t
find_dynamic(pid_t pid)
{
	Elf64_Phdr headers[HEADERS_MOST] = {0};
	uint64_t at, n, bias = 0, dynamic = 0;

	if (!find_headers(pid, &at, &n) ||
	    !process_image_bytes(pid, at, headers, n * sizeof(headers[0])))
		return 0;
	for (uint64_t i = 0; i < n; i++) {
		if (headers[i].p_type == PT_PHDR)
			bias = at - headers[i].p_vaddr;
		if (headers[i].p_type == PT_DYNAMIC)
			dynamic = headers[i].p_vaddr;
	}
	return dynamic != 0 ? bias + dynamic : 0;
}

int
link_map_has(pid_t pid, uint64_t bias)
{
	uint64_t at = find_dynamic(pid), next = 0;
	struct debug debug = {0};

	for (int i = 0; at != 0 && i < DYNAMIC_MOST; i++) {
		Elf64_Dyn d = {0};

		if (!process_image_bytes(pid, at + (uint64_t)i * sizeof(d), &d,
					 sizeof(d)) ||
		    d.d_tag == DT_NULL)
			break;
		if (d.d_tag == DT_DEBUG &&
		    process_image_bytes(pid, d.d_un.d_ptr, &debug, sizeof(debug)))
			next = debug.first;
	}
	if (next == 0)
		return -1;
	for (int i = 0; next != 0 && i < LOADED_MOST; i++) {
		struct loaded l = {0};

		if (!process_image_bytes(pid, next, &l, sizeof(l)))
			return -1;
		if (l.bias == bias)
			return 1;
		next = l.next;
	}
	return next == 0 ? 0 : -1;
}
