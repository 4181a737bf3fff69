/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files are opened as the process sees them, by its own root. One that was replaced since it was mapped is
 * not the same: what counts is what the process has in memory.
 */
#include "tools/attach/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tools/read/container.h"
#include "tools/read/elf.h"
#include "tools/read/link_map.h"
#include "tools/read/proc.h"
#include "tools/text/show.h"

/* Without it the one of before glibc 2.34 refuses: it is the C library's own. */
#define OWN_DLOPEN 0x80000000u

#define FAIL(error, ...) (show_format(why, PICTURE_WHY, __VA_ARGS__), -(error))

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

/*
 * The file that is mapped there: below the process's root, as it resolves paths, or, where it has only changed its
 * root, as we do. Where it is not there any more, the process's memory has what it was. -1: nor that.
 */
static int
open_its(const struct picture *p, const struct line *l)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	char path[PATH_MAX + CONTAINER_ROOT];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/root%s", (int)p->pid, l->path);
	for (int k = 0; k < 3; k++) {
		int fd = k == 0	  ? container_open(AT_FDCWD, path, flags)
			 : k == 1 ? open(path, flags)
				  : open(l->path, flags);

		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_ino == l->inode)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	const struct process_image *i = picture_image(p, l->start);
	return i != NULL ? process_image_file(i, p->pid) : -1;
}

/* Whether the file serves malloc to the others. */
static bool
defines_malloc(const struct picture *p, const struct line *l)
{
	char why[ELF_WHY];
	struct elf_facts facts;
	int fd = open_its(p, l);

	if (fd < 0)
		return false;
	bool defines = elf_read(fd, &facts, why) == 0 && facts.defines != NULL;
	close(fd);
	return defines;
}

const struct process_image *
picture_image(const struct picture *p, uint64_t address)
{
	size_t low = 0, high = p->n_images;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (address >= p->images[middle].end)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_images && address >= p->images[low].start ? &p->images[low]
								    : NULL;
}

static int
take_library(struct picture *p, const struct line *l, int which, char why[PICTURE_WHY])
{
	struct picture_library *to = &p->libraries[which];

	/* One of another namespace (dlmopen) has locks of its own, and no names that count. */
	if (l->offset != 0 || to->symbols.n != 0 || link_map_has(p->pid, l->start) == 0)
		return 0;
	int fd = open_its(p, l);
	if (fd < 0)
		return FAIL(ESTALE,
			    "its C library %s was replaced since it started, and cannot "
			    "be read from its memory",
			    l->path);
	int rc = dynsym_read(&to->symbols, fd);
	close(fd);
	if (rc != 0)
		return FAIL(-rc, "its C library %s cannot be read: %s", l->path,
			    strerror(-rc));
	to->bias = l->start;
	return 0;
}

/* Where the calls lead, once the C library is known. */
static int
find_calls(struct picture *p, char why[PICTURE_WHY])
{
	/* mov $15, %rax; syscall */
	static const unsigned char returns[] = {0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 5};
	const struct picture_library *libc = &p->libraries[PICTURE_LIBC];

	if (libc->symbols.n == 0)
		return FAIL(ENOTSUP,
			    "it has no glibc: statically linked, or of another C "
			    "library");
	p->dlopen_at = dynsym_find(&libc->symbols, "dlopen");
	if (p->dlopen_at == 0) {
		p->dlopen_at = dynsym_find(&libc->symbols, "__libc_dlopen_mode");
		p->dlopen_flags = (int)OWN_DLOPEN;
	}
	p->return_at = dynsym_find_code(&libc->symbols, returns, sizeof(returns));
	if (p->dlopen_at == 0 || p->return_at == 0)
		return FAIL(ENOTSUP,
			    "its C library is of a kind that weir does not know");
	p->dlopen_at += libc->bias;
	p->return_at += libc->bias;
	return 0;
}

/* "libc.so.6", or the file that an older glibc's link of that name leads to, "libc-2.31.so". */
static bool
is_of_glibc(const char *name, const char *library)
{
	size_t n = strlen(library);

	return strncmp(name, library, n) == 0 &&
	       (strncmp(name + n, ".so.", 4) == 0 || strncmp(name + n, "-2.", 3) == 0);
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
	if (is_of_glibc(name, "libc") || is_of_glibc(name, "libpthread")) {
		r->object = SAFE_LIBC;
		r->library = name[3] == 'c' ? PICTURE_LIBC : PICTURE_THREADS;
		int rc = take_library(p, l, r->library, why);
		return r->library == PICTURE_LIBC ? rc : 0;
	}
	if (strncmp(name, "ld-linux", 8) == 0 || strncmp(name, "ld-2.", 5) == 0 ||
	    is_of_glibc(name, "libdl")) {
		r->object = SAFE_LOADER;
		return 0;
	}
	if (strcmp(last, l->path) != 0) {
		snprintf(last, sizeof(last), "%s", l->path);
		last_object = strstr(name, ".so") != NULL && defines_malloc(p, l)
				      ? SAFE_ALLOCATOR
				      : SAFE_PROGRAM;
		if (last_object == SAFE_ALLOCATOR && p->allocator[0] == '\0')
			snprintf(p->allocator, sizeof(p->allocator), "%s", l->path);
	}
	r->object = last_object;
	return 0;
}

/* Where the beginning of a file is mapped, and not a second time: a page may belong to two parts of it. */
static int
take_image(struct picture *p, const struct line *l)
{
	struct process_image i;

	if (l->path[0] != '/' || l->offset != 0 || l->rights[0] != 'r' ||
	    l->rights[3] != 'p' || picture_image(p, l->start) != NULL ||
	    !process_image_read(&i, p->pid, l->start))
		return 0;
	/* By doubling. */
	if ((p->n_images & (p->n_images - 1)) == 0) {
		size_t room = p->n_images != 0 ? 2 * p->n_images : 1;
		void *more = realloc(p->images, room * sizeof(*p->images));

		if (more == NULL)
			return -ENOMEM;
		p->images = more;
	}
	p->images[p->n_images++] = i;
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
		rc = take_image(p, &l);
		if (rc == 0)
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
	rc = picture_read(p, pid, text, why);
	free(text);
	return rc;
}

int
picture_read(struct picture *p, pid_t pid, char *maps, char why[PICTURE_WHY])
{
	*p = (struct picture){.pid = pid};
	int rc = take_ranges(p, maps, why);

	if (rc == 0)
		rc = find_calls(p, why);
	if (rc != 0)
		picture_free(p);
	return rc;
}

void
picture_free(struct picture *p)
{
	free(p->ranges);
	free(p->images);
	for (int i = 0; i < PICTURE_LIBRARIES; i++)
		dynsym_free(&p->libraries[i].symbols);
	*p = (struct picture){0};
}

const struct picture_range *
picture_range_at(const struct picture *p, uint64_t address)
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
	const struct picture_range *r = picture_range_at(p, address);
	struct safe_frame f = {.object = r != NULL ? r->object : SAFE_PROGRAM};

	if (f.object == SAFE_LIBC) {
		const struct picture_library *l = &p->libraries[r->library];

		f.function = dynsym_at(&l->symbols, address - l->bias);
	}
	return f;
}
