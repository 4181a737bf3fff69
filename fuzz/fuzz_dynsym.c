/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the C library of a process that weir is to be attached to: nothing outside of the file is touched, and
 * each function that is found has a name that ends within it.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "tools/read/dynsym.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned char code[] = {0x0f, 5};
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct dynsym d;

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	int rc = dynsym_read(&d, fd);
	close(fd);
	FUZZ_CHECK(rc <= 0 && (rc == 0) == (d.n > 0));
	for (size_t i = 0; i < d.n; i++) {
		const struct dynsym_function *f = &d.functions[i];

		FUZZ_CHECK(f->name >= d.file &&
			   memchr(f->name, '\0',
				  (size_t)(d.file + d.file_bytes - f->name)) != NULL);
		FUZZ_CHECK(i == 0 || d.functions[i - 1].address <= f->address);
		/* Of a dozen names of one place a longer one may not be looked at. */
		dynsym_at(&d, f->address);
	}
	if (rc == 0) {
		dynsym_find(&d, "dlopen");
		dynsym_find_code(&d, code, sizeof(code));
		dynsym_free(&d);
	}
	return 0;
}
