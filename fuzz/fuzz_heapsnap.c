/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a heap snapshot: it is read or refused with a sentence, within its memory, and every way leads from
 * the root.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "tools/commands/holders_answer.h"
#include "tools/view/holders_view.h"

#define MOST (64u << 20)

static void
check_ways(const struct holders *h)
{
	for (size_t i = 0; i < h->n_groups; i++) {
		uint32_t at = h->groups[i].shape, steps = 0;

		FUZZ_CHECK(h->groups[i].count > 0);
		while (at != HOLDERS_NOWHERE && at != 0) {
			FUZZ_CHECK(at < h->n_steps && h->steps[at].before < at);
			FUZZ_CHECK(steps++ < h->n_steps);
			at = h->steps[at].before;
		}
	}
}

static void
print(const char *file, const struct holders_answer *a)
{
	struct holders_view v = {
		.file = file,
		.snap = &a->snap,
		.targets = &a->targets,
		.holders = &a->holders,
		.names = &a->names,
		.top = 20,
	};
	FILE *out = fopen("/dev/null", "w");

	FUZZ_CHECK(out != NULL);
	holders_view_settle(&v);
	holders_text_print(&v, out);
	holders_json_print(&v, out);
	fclose(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("heapsnap", MFD_CLOEXEC);
	struct holders_answer a;
	int rc;

	FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	rc = holders_answer_make(&a, fd, MOST, NULL, 0, NULL, 20);
	FUZZ_CHECK(a.snap.used <= MOST);
	if (rc != 0) {
		FUZZ_CHECK(rc < 0 && a.snap.why[0] != '\0');
	} else {
		check_ways(&a.holders);
		print("fuzz", &a);
	}
	holders_answer_free(&a);
	FUZZ_CHECK(a.snap.used == 0);
	close(fd);
	return 0;
}
