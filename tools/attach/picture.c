/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are opened as the process sees them, by its own root. One that was replaced since it was mapped is
 * not the same, and not believed.
 */
#include "tools/attach/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tools/read/elf.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

#define FAIL(error, ...) (show_format(why, PICTURE_WHY, __VA_ARGS__), -(error))

/* The kernel leaves so much between a stack that grows and what lies below it. */
#define STACK_GAP ((uint64_t)1 << 20)

struct line {
	uint64_t start, end, offset, inode;
	unsigned major, minor;
	char rights[8];
	const char *path;
};

static bool
parse(char *text, struct line *l)
{
	int at = 0;

	if (sscanf(text, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %x:%x %" SCNu64 " %n",
		   &l->start, &l->end, l->rights, &l->offset, &l->major, &l->minor,
		   &l->inode, &at) < 7)
		return false;
	l->path = text + at;
	return true;
}

static const char *
name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void
its_path(char to[PATH_MAX], pid_t pid, const char *path)
{
	snprintf(to, PATH_MAX, "/proc/%d/root%s", (int)pid, path);
}

static bool
is_same_file(pid_t pid, const struct line *l)
{
	char path[PATH_MAX];
	struct stat st;

	its_path(path, pid, l->path);
	return stat(path, &st) == 0 && st.st_ino == l->inode;
}

/* Whether the file serves malloc to the others. */
static bool
defines_malloc(pid_t pid, const char *its)
{
	char path[PATH_MAX], why[ELF_WHY];
	struct elf_facts facts;
	int fd;

	its_path(path, pid, its);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	bool defines = elf_read(fd, &facts, why) == 0 && facts.defines != NULL;
	close(fd);
	return defines;
}

static int
take_libc(struct picture *p, const struct line *l, char why[PICTURE_WHY])
{
	/* mov $15, %rax; syscall */
	static const unsigned char returns[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 5};
	char path[PATH_MAX];

	if (l->offset != 0 || p->libc.n != 0)
		return 0;
	if (!is_same_file(p->pid, l))
		return FAIL(ESTALE,
			    "its C library %s was replaced since it started: "
			    "restart it",
			    l->path);
	its_path(path, p->pid, l->path);
	int rc = dynsym_read(&p->libc, path);
	if (rc != 0)
		return FAIL(-rc, "its C library %s cannot be read: %s", l->path,
			    strerror(-rc));
	snprintf(p->libc_path, sizeof(p->libc_path), "%s", l->path);
	p->libc_bias = l->start;
	p->dlopen_at = dynsym_find(&p->libc, "dlopen");
	p->return_at = dynsym_find_code(&p->libc, returns, sizeof(returns));
	if (p->dlopen_at == 0)
		return FAIL(ENOTSUP,
			    "its C library is older than glibc 2.34, which has no "
			    "dlopen in it");
	if (p->return_at == 0)
		return FAIL(ENOTSUP, "the end of a signal handler was not found in %s",
			    l->path);
	p->dlopen_at += l->start;
	p->return_at += l->start;
	return 0;
}

static int
classify(struct picture *p, const struct line *l, struct picture_range *r,
	 char why[PICTURE_WHY])
{
	static char last[PATH_MAX];
	static enum safe_object last_object;
	const char *name = name_of(l->path);

	if (strcmp(l->path, "[stack]") == 0)
		r->is_first_stack = true;
	if (strcmp(l->path, "[vdso]") == 0)
		r->object = SAFE_VDSO;
	if (l->path[0] != '/')
		return 0;
	if (strcmp(name, "libc.so.6") == 0) {
		r->object = SAFE_LIBC;
		return take_libc(p, l, why);
	}
	if (strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld-2.", 5) == 0) {
		r->object = SAFE_LOADER;
		return 0;
	}
	if (strcmp(last, l->path) != 0) {
		snprintf(last, sizeof(last), "%s", l->path);
		last_object =
			strstr(name, ".so") != NULL && defines_malloc(p->pid, l->path)
				? SAFE_ALLOCATOR
				: SAFE_PROGRAM;
		if (last_object == SAFE_ALLOCATOR && p->allocator[0] == '\0')
			snprintf(p->allocator, sizeof(p->allocator), "%s", l->path);
	}
	r->object = last_object;
	return 0;
}

static int
take_ranges(struct picture *p, char *text, char why[PICTURE_WHY])
{
	size_t room = 0;
	char *rest = text, *one;
	int rc = 0;

	while (rc == 0 && (one = strsep(&rest, "\n")) != NULL) {
		struct line l;

		if (!parse(one, &l))
			continue;
		if (p->n == room) {
			room = room != 0 ? 2 * room : 256;
			void *more = realloc(p->ranges, room * sizeof(*p->ranges));

			if (more == NULL)
				return -ENOMEM;
			p->ranges = more;
		}
		p->ranges[p->n] = (struct picture_range){.start = l.start, .end = l.end};
		rc = classify(p, &l, &p->ranges[p->n], why);
		p->n++;
	}
	return rc;
}

int
picture_take(struct picture *p, pid_t pid, char why[PICTURE_WHY])
{
	char *text;

	*p = (struct picture){.pid = pid};
	int rc = proc_text(pid, "maps", &text, NULL);
	if (rc != 0)
		return FAIL(-rc, "its mappings cannot be read: %s", strerror(-rc));
	rc = take_ranges(p, text, why);
	free(text);
	if (rc == 0 && p->libc.n == 0)
		rc = FAIL(ENOTSUP, "it has no glibc: statically linked, or of another C "
				   "library");
	if (rc != 0)
		picture_free(p);
	return rc;
}

void
picture_free(struct picture *p)
{
	free(p->ranges);
	dynsym_free(&p->libc);
	*p = (struct picture){0};
}

static const struct picture_range *
range_at(const struct picture *p, uint64_t address)
{
	size_t low = 0, high = p->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address >= p->ranges[middle].end)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n && address >= p->ranges[low].start ? &p->ranges[low] : NULL;
}

struct safe_frame
picture_frame(const struct picture *p, uint64_t address)
{
	const struct picture_range *r = range_at(p, address);
	struct safe_frame f = {.object = r != NULL ? r->object : SAFE_PROGRAM};

	if (f.object == SAFE_LIBC)
		f.function = dynsym_at(&p->libc, address - p->libc_bias);
	return f;
}

uint64_t
picture_room(const struct picture *p, uint64_t sp)
{
	const struct picture_range *r = range_at(p, sp);
	struct rlimit limit;

	if (r == NULL)
		return 0;
	/* It grows on demand, up to a limit and to what lies below it. */
	if (r->is_first_stack && prlimit(p->pid, RLIMIT_STACK, NULL, &limit) == 0) {
		uint64_t used = r->end - sp;
		uint64_t below = r > p->ranges ? r->start - r[-1].end : 0;
		uint64_t most = below > STACK_GAP ? sp - r->start + below - STACK_GAP
						  : sp - r->start;
		uint64_t allowed =
			limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur <= used
				? sp - r->start
				: limit.rlim_cur - used;

		return allowed < most ? allowed : most;
	}
	return sp - r->start;
}
