/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LEAK: a library with one function of that name, which keeps blocks of 1 MB. Else the host: loads, calls and unloads
 * one after the other, and says whether they lay at the same place.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef LEAK
void LEAK(int n);

void
LEAK(int n)
{
	while (n-- > 0)
		memset(malloc((size_t)1 << 20), 1, (size_t)1 << 20);
}
#else
static ElfW(Addr) use(const char *file, const char *name, int n)
{
	void *handle = dlopen(file, RTLD_NOW);
	void (*leak)(int) = handle != NULL ? (void (*)(int))dlsym(handle, name) : NULL;
	struct link_map *map = handle;

	if (leak == NULL)
		exit(2);
	ElfW(Addr) at = map->l_addr;
	leak(n);
	dlclose(handle);
	return at;
}

int
main(void)
{
	ElfW(Addr) a = use("./a.so", "leak_of_a", 10), b = use("./b.so", "leak_of_b", 20);

	puts(a == b ? "same" : "apart");
	return 0;
}
#endif
