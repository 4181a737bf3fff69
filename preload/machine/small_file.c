/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Such a file comes in one piece: whoever asks for less gets its beginning.
 */
#include "preload/machine/small_file.h"

#include <stddef.h>
#include <string.h>

#include "pool/sys.h"
#include "preload/ground/gate.h"
#include "preload/ground/own_files.h"

static char text[SMALL_FILE_BYTES];

static ssize_t
read_from(int fd)
{
	ssize_t n = weir_sys_pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return n;
}

const char *
small_file_text(const char *path)
{
	int fd = gate_silent() ? -1 : weir_sys_open(path, O_RDONLY | O_CLOEXEC, 0);

	text[0] = '\0';
	if (fd >= 0) {
		read_from(fd);
		weir_sys_close(fd);
	}
	return text;
}

size_t
small_file_copy(const char *path, char *to, size_t size)
{
	int fd = gate_silent() ? -1 : weir_sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	ssize_t n = 0;

	if (fd >= 0) {
		n = weir_sys_pread(fd, to, size, 0);
		weir_sys_close(fd);
	}
	return n > 0 ? (size_t)n : 0;
}

const char *
small_file_again(struct small_file *f, const char *path)
{
	unsigned table = own_files_here();

	if (table == 0)
		return small_file_text(path);
	if (f->table != table)
		*f = (struct small_file){0, table};
	/* What it was of may be gone, and another one be there. */
	if (f->open != 0 && read_from(f->open - 1) > 0)
		return text;
	small_file_close(f);
	int fd = weir_sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	text[0] = '\0';
	if (fd >= 0) {
		f->open = fd + 1;
		read_from(fd);
	}
	return text;
}

void
small_file_close(struct small_file *f)
{
	if (f->open != 0 && f->table == own_files_here())
		weir_sys_close(f->open - 1);
	f->open = 0;
}

uint64_t
small_file_number(const char *p, const char **end)
{
	uint64_t n = 0;

	while (*p == ' ' || *p == '\t')
		p++;
	for (; *p >= '0' && *p <= '9'; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	*end = p;
	return n;
}

uint64_t
small_file_named(const char *from, const char *name)
{
	const char *p = strstr(from, name);

	return p != NULL ? small_file_number(p + strlen(name), &p) : 0;
}

bool
small_file_is_number(const char *from, uint64_t *n)
{
	if (from[0] < '0' || from[0] > '9')
		return false;
	*n = small_file_number(from, &from);
	return true;
}
