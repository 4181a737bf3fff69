/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that uses the scratch API as the shim exports it. Prints what it got.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Weak: without the shim (and without libweir) they are not there. */
void *weir_scratch_get(size_t bytes) __attribute__((weak));
void *weir_scratch_ref(void *block) __attribute__((weak));
int weir_scratch_unref(void *block) __attribute__((weak));
size_t weir_scratch_capacity(const void *block) __attribute__((weak));

int
main(void)
{
	char stranger[8];

	if (weir_scratch_get == NULL) {
		puts("no scratch API");
		return 3;
	}
	for (int i = 0; i < 1000; i++) {
		char *p = weir_scratch_get(65 * 1024);

		if (p == NULL || weir_scratch_capacity(p) < 65 * 1024)
			return 1;
		memset(p, i, weir_scratch_capacity(p));
		if (weir_scratch_ref(p) != p || weir_scratch_unref(p) != 0 ||
		    weir_scratch_unref(p) != 1)
			return 1;
	}
	void *p = weir_scratch_get(65 * 1024);
	printf("capacity %zu\n", weir_scratch_capacity(p));
	errno = 0;
	if (weir_scratch_ref(stranger) != NULL || errno != EINVAL)
		return 1;
	errno = 7;
	if (weir_scratch_unref(stranger) != -EINVAL ||
	    weir_scratch_unref(NULL) != -EINVAL || errno != 7)
		return 1;
	errno = 0;
	if (weir_scratch_get(SIZE_MAX) != NULL || errno != ENOMEM)
		return 1;
	return weir_scratch_unref(p) == 1 ? 0 : 1;
}
