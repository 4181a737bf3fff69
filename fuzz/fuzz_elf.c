/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an executable that doctor looks at: nothing outside of the tables read is
 * touched, every text is ended, and nothing is claimed of a file that was not read to the end.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "tools/read/elf.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct elf_facts facts;
	char why[ELF_WHY];
	int rc;

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	memset(&facts, 0xa5, sizeof(facts));
	memset(why, 0xa5, sizeof(why));
	rc = elf_read(fd, &facts, why);
	close(fd);
	FUZZ_CHECK(rc <= 0);
	FUZZ_CHECK(rc == 0 || rc == -ENOEXEC || memchr(why, '\0', sizeof(why)) != NULL);
	FUZZ_CHECK(memchr(facts.loader, '\0', sizeof(facts.loader)) != NULL);
	/* Of a library, too, which has no loader. */
	FUZZ_CHECK(!facts.symbols_read || facts.native);
	return 0;
}
