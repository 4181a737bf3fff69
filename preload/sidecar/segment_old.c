/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Old sidecars make way for new ones, so that a service whose workers come and go for months does not fill a disk. Called
 * once a sidecar, by who gives it its name; looks at names and sizes, and only removes what is a sidecar of this
 * user's whose process is gone for sure.
 */
#include "preload/sidecar/segment_old.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pool/sys.h"
#include "preload/ground/clock.h"
#include "preload/sidecar/segment_name.h"
#include "weir/stats.h"

#define MOST_LOOKS 4096 /* names of one folder */
#define FEW	   16	/* that cannot be too large together */
#define AT_A_TIME  8
#define YOUNG_NS                                                                         \
	(INT64_C(60) *                                                                   \
	 1000000000) /* who writes that often may run where we do not see it */
#define NAME_BYTES  64
#define BLOCK_BYTES 512 /* what st_blocks counts */

/* As the kernel writes it. */
struct entry {
	uint64_t inode;
	int64_t next;
	uint16_t bytes;
	uint8_t type;
	char name[];
};

struct old {
	char name[NAME_BYTES];
	int64_t written_ns;
	uint64_t bytes;
};

static char names[4096] __attribute__((aligned(8)));
static struct segment_path folder, path;
static struct old oldest[AT_A_TIME]; /* oldest first */
static size_t n_oldest;

static bool
is_name(const char *name)
{
	size_t n = strspn(name, "0123456789-."), len = strlen(name);

	return n > 0 && name[n - 1] == '.' && len < NAME_BYTES &&
	       strcmp(name + n - 1, WEIR_STATS_SUFFIX) == 0;
}

static bool
name_path(const char *name)
{
	size_t len = strlen(name);

	if (folder.n + 1 + len >= sizeof(path.text))
		return false;
	memcpy(path.text, folder.text, folder.n);
	path.text[folder.n] = '/';
	memcpy(path.text + folder.n + 1, name, len + 1);
	return true;
}

/* Into its place among the oldest, if it is one of them. */
static void
keep_if_old(const char *name, int64_t written_ns, uint64_t bytes)
{
	size_t i = n_oldest;

	if (n_oldest == AT_A_TIME && oldest[AT_A_TIME - 1].written_ns <= written_ns)
		return;
	if (!segment_name_is_gone(path.text))
		return;
	if (n_oldest < AT_A_TIME)
		n_oldest++;
	else
		i--;
	for (; i > 0 && oldest[i - 1].written_ns > written_ns; i--)
		oldest[i] = oldest[i - 1];
	memcpy(oldest[i].name, name, strlen(name) + 1);
	oldest[i].written_ns = written_ns;
	oldest[i].bytes = bytes;
}

static void
look(const char *name, uint64_t *bytes)
{
	int64_t now = clock_read(CLOCK_REALTIME), written;
	struct stat st;

	if (!name_path(name) || weir_sys_lstat(path.text, &st) != 0 ||
	    !S_ISREG(st.st_mode))
		return;
	*bytes += (uint64_t)st.st_blocks * BLOCK_BYTES;
	written = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
	if (now - written > YOUNG_NS)
		keep_if_old(name, written, (uint64_t)st.st_blocks * BLOCK_BYTES);
}

/* How many sidecars there are; with `bytes`, each is looked at. */
static size_t
pass(uint64_t *bytes)
{
	int fd = weir_sys_open(folder.text, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return 0;
	while (n < MOST_LOOKS && (got = weir_sys_names(fd, names, sizeof(names))) > 0)
		for (ssize_t at = 0; at < got;) {
			const struct entry *e = (const struct entry *)(names + at);

			at += e->bytes;
			if (!is_name(e->name))
				continue;
			n++;
			if (bytes != NULL)
				look(e->name, bytes);
		}
	weir_sys_close(fd);
	return n;
}

void
segment_old_remove(const struct segment_path *own)
{
	const char *slash = strrchr(own->text, '/');
	uint64_t bytes = 0;
	size_t n;

	if (slash == NULL)
		return;
	folder = *own;
	folder.n = (size_t)(slash - own->text);
	folder.text[folder.n] = '\0';
	n = pass(NULL);
	/* Without /proc all would seem to be gone. */
	if (n <= FEW || weir_sys_exists("/proc/self") != 0)
		return;
	n_oldest = 0;
	n = pass(&bytes);
	for (size_t i = 0; i < n_oldest; i++) {
		if (n <= SEGMENT_KEPT_FILES && bytes <= SEGMENT_KEPT_BYTES)
			return;
		if (!name_path(oldest[i].name) || weir_sys_unlink(path.text) != 0)
			continue;
		n--;
		bytes -= oldest[i].bytes;
	}
}
