/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code without frame pointers leaves anything in that register. Allocates from such code, with what
 * looks like one more frame on the stack, and no address of any machine as its return address.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void *malloc_below(size_t size, const void *frame);

#ifdef __x86_64__
__asm__(".text\n"
	".type malloc_below, @function\n"
	"malloc_below:\n"
	"	push %rbp\n"
	"	mov %rsi, %rbp\n"
	"	call malloc@PLT\n"
	"	pop %rbp\n"
	"	ret\n"
	".size malloc_below, . - malloc_below\n");
#else
void *
malloc_below(size_t size, const void *frame)
{
	(void)frame;
	return malloc(size);
}
#endif

int
main(void)
{
	static const uint64_t addresses[] = {
		0,
		1,
		UINT64_MAX,
		UINT64_C(1) << 63,
		UINT64_C(3) << 62,
		UINT64_C(1) << 62,
		UINT64_C(0x8000000000401000),
		UINT64_C(0xc000000000401000),
		UINT64_C(1) << 47,
	};
	enum { N = sizeof(addresses) / sizeof(addresses[0]) };
	volatile uint64_t frames[N][4];

	/* Each frame is below one that is as bad. */
	for (int i = 0; i < N; i++)
		for (int k = 0; k < 2; k++) {
			frames[i][2 * k] = k == 0 ? (uint64_t)(uintptr_t)&frames[i][2]
						  : (uint64_t)(uintptr_t)&frames[i][0];
			frames[i][2 * k + 1] = addresses[i];
		}
	for (int i = 0; i < 100 * N; i++) {
		char *p = malloc_below(3000000 + (size_t)i,
				       (const void *)&frames[i % N][0]);

		if (p == NULL)
			return 1;
		p[i] = 1;
		free(p);
	}
	puts("walked");
	return 0;
}
