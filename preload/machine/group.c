/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The group and those above it are searched for the tightest limit every other second: the process may
 * have been moved, or the limit be another one. In between, what is charged there is all that is read.
 */
#include "preload/machine/group.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "policy/looks.h"
#include "preload/ground/clock.h"
#include "preload/machine/small_file.h"

#define PATH_BYTES 1024
#define FIND_NS	   2000000000ll

static const struct sort {
	const char *mount, *current, *unused;
	/* Above memory.high the kernel kills nobody, but slows down whoever allocates. */
	const char *limits[2];
} sorts[] = {
	{"/sys/fs/cgroup",
	 "/memory.current",
	 "\ninactive_file ",
	 {"/memory.max", "/memory.high"}},
	{"/sys/fs/cgroup/memory",
	 "/memory.usage_in_bytes",
	 "\ntotal_inactive_file ",
	 {"/memory.limit_in_bytes", NULL}},
};

struct path {
	char text[PATH_BYTES];
	size_t n;
};

static struct path own[2];   /* the process's group, of each sort */
static struct path at, file; /* the group that is looked at; a file of it */
static struct path current;  /* what is charged where the limit applies */
static const struct sort *sort;
static uint64_t limit_bytes;
static int64_t found_ns;
static struct small_file kept;
static struct weir_unused_look unused;

static bool
add(struct path *p, const char *text, size_t n)
{
	if (n >= sizeof(p->text) - p->n)
		return false;
	memcpy(p->text + p->n, text, n);
	p->n += n;
	p->text[p->n] = '\0';
	return true;
}

static const char *
file_of(const struct path *folder, const char *name)
{
	file.n = 0;
	return add(&file, folder->text, folder->n) && add(&file, name, strlen(name))
		       ? file.text
		       : "";
}

/* Lines "hierarchy:controllers:path"; version 2 has hierarchy 0 and no controllers. */
static void
find_own(void)
{
	const char *line = small_file_text("/proc/self/cgroup");

	own[0].n = own[1].n = 0;
	for (const char *end; *line != '\0'; line = end) {
		end = strchrnul(line, '\n');
		const char *controllers = strchr(line, ':');
		const char *path =
			controllers != NULL ? strchr(controllers + 1, ':') : NULL;

		if (path != NULL && path < end) {
			bool unified = path == controllers + 1;

			if (unified || strncmp(controllers, ":memory:", 8) == 0) {
				struct path *to = &own[!unified];

				to->n = 0;
				add(to, path + 1, (size_t)(end - path - 1));
			}
		}
		end += *end != '\0';
	}
}

static void
consider(const struct sort *s, const char *limit)
{
	uint64_t n, charged;

	/* Version 1 says "no limit" by a number near 2^63. */
	if (!small_file_is_number(small_file_text(file_of(&at, limit)), &n) ||
	    n >= (uint64_t)1 << 60 || (limit_bytes != 0 && n >= limit_bytes) ||
	    !small_file_is_number(small_file_text(file_of(&at, s->current)), &charged))
		return;
	limit_bytes = n;
	sort = s;
	current = at;
}

/* From the group up to the root. */
static void
climb(const struct sort *s, const struct path *group)
{
	const size_t mount = strlen(s->mount);

	at.n = 0;
	if (group->n == 0 || !add(&at, s->mount, mount) ||
	    !add(&at, group->text, group->n))
		return;
	for (;;) {
		for (int i = 0; i < 2 && s->limits[i] != NULL; i++)
			consider(s, s->limits[i]);
		if (at.n <= mount + 1)
			return;
		do
			at.n--;
		while (at.n > mount + 1 && at.text[at.n] != '/');
		at.text[at.n] = '\0';
	}
}

static void
find(int64_t now_ns)
{
	found_ns = now_ns;
	unused.last_ns = 0;
	limit_bytes = 0;
	small_file_close(&kept);
	find_own();
	for (int i = 0; i < 2; i++)
		climb(&sorts[i], &own[i]);
}

/*
 * File pages that were read once and can be dropped at any time are charged to the group as well: a host
 * that reads files stands at its limit all day without being near it.
 */
static uint64_t
droppable(uint64_t charged, int64_t now_ns)
{
	unused.now_ns = now_ns;
	unused.limit_bytes = limit_bytes;
	unused.current_bytes = charged;
	if (weir_unused_due(&unused)) {
		int64_t began_ns = clock_read(CLOCK_THREAD_CPUTIME_ID);

		unused.unused_bytes = small_file_named(
			small_file_text(file_of(&current, "/memory.stat")), sort->unused);
		unused.cost_ns = clock_read(CLOCK_THREAD_CPUTIME_ID) - began_ns;
		unused.last_ns = now_ns;
	}
	return unused.unused_bytes;
}

uint64_t
group_look(int64_t now_ns, uint64_t *charged_bytes, uint64_t *droppable_bytes)
{
	*charged_bytes = *droppable_bytes = 0;
	if (found_ns == 0 || weir_look_due(now_ns, found_ns, FIND_NS))
		find(now_ns);
	if (limit_bytes == 0)
		return 0;
	if (!small_file_is_number(
		    small_file_again(&kept, file_of(&current, sort->current)),
		    charged_bytes)) {
		/* The group has gone: the process is in another one. */
		found_ns = now_ns - FIND_NS + FIND_NS / 10;
		return 0;
	}
	*droppable_bytes = droppable(*charged_bytes, now_ns);
	return limit_bytes;
}
