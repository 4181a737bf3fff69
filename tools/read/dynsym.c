/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole file is read: a C library has 2 MB.
 */
#include "tools/read/dynsym.h"

#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST ((off_t)64 << 20)

static bool
lies_in(const struct dynsym *d, uint64_t offset, uint64_t bytes)
{
	return offset <= d->file_bytes && bytes <= d->file_bytes - offset;
}

static int
read_file(struct dynsym *d, int fd)
{
	struct stat st;
	size_t n = 0;
	ssize_t got = 1;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MOST ||
	    st.st_size < (off_t)sizeof(Elf64_Ehdr))
		return -ENOEXEC;
	d->file = malloc((size_t)st.st_size);
	if (d->file == NULL)
		return -ENOMEM;
	while (n < (size_t)st.st_size && got > 0) {
		got = pread(fd, d->file + n, (size_t)st.st_size - n, (off_t)n);
		n += got > 0 ? (size_t)got : 0;
	}
	d->file_bytes = n;
	return n == (size_t)st.st_size ? 0 : -EIO;
}

static int
by_address(const void *a, const void *b)
{
	const struct dynsym_function *f = a, *g = b;

	return f->address < g->address ? -1 : f->address > g->address;
}

static int
take_symbols(struct dynsym *d, const Elf64_Shdr *table, const Elf64_Shdr *strings)
{
	const Elf64_Sym *symbols = (const Elf64_Sym *)(d->file + table->sh_offset);
	size_t n = table->sh_size / sizeof(*symbols);

	d->functions = calloc(n + 1, sizeof(*d->functions));
	if (d->functions == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const Elf64_Sym *s = &symbols[i];
		const char *name = d->file + strings->sh_offset + s->st_name;

		if ((ELF64_ST_TYPE(s->st_info) != STT_FUNC &&
		     ELF64_ST_TYPE(s->st_info) != STT_GNU_IFUNC) ||
		    s->st_shndx == SHN_UNDEF || s->st_name >= strings->sh_size ||
		    memchr(name, '\0', strings->sh_size - s->st_name) == NULL)
			continue;
		d->functions[d->n++] =
			(struct dynsym_function){s->st_value, s->st_size, name};
	}
	qsort(d->functions, d->n, sizeof(*d->functions), by_address);
	return 0;
}

static const Elf64_Shdr *
section(const struct dynsym *d, size_t i)
{
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)d->file;
	uint64_t at = h->e_shoff + i * sizeof(Elf64_Shdr);

	if (i >= h->e_shnum || h->e_shoff % 8 != 0 || h->e_shoff > d->file_bytes ||
	    !lies_in(d, at, sizeof(Elf64_Shdr)))
		return NULL;
	return (const Elf64_Shdr *)(d->file + at);
}

int
dynsym_read(struct dynsym *d, int fd)
{
	*d = (struct dynsym){0};
	int rc = read_file(d, fd);
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)d->file;

	if (rc == 0 &&
	    (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 ||
	     h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_shentsize != sizeof(Elf64_Shdr)))
		rc = -ENOEXEC;
	for (size_t i = 0; rc == 0 && i < h->e_shnum; i++) {
		const Elf64_Shdr *s = section(d, i), *strings;

		if (s == NULL || s->sh_type != SHT_DYNSYM)
			continue;
		strings = section(d, s->sh_link);
		if (strings != NULL && s->sh_offset % 8 == 0 &&
		    lies_in(d, s->sh_offset, s->sh_size) &&
		    lies_in(d, strings->sh_offset, strings->sh_size))
			rc = take_symbols(d, s, strings);
		break;
	}
	if (rc == 0 && d->n == 0)
		rc = -ENOEXEC;
	if (rc != 0)
		dynsym_free(d);
	return rc;
}

void
dynsym_free(struct dynsym *d)
{
	free(d->functions);
	free(d->file);
	*d = (struct dynsym){0};
}

const char *
dynsym_at(const struct dynsym *d, uint64_t address)
{
	size_t low = 0, high = d->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->functions[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	/* Several names of one function follow each other. */
	for (size_t i = low; i > 0 && low - i < 8; i--)
		if (address - d->functions[i - 1].address < d->functions[i - 1].bytes)
			return d->functions[i - 1].name;
	return NULL;
}

uint64_t
dynsym_find(const struct dynsym *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->functions[i].name, name) == 0)
			return d->functions[i].address;
	return 0;
}

uint64_t
dynsym_find_code(const struct dynsym *d, const void *bytes, size_t n)
{
	const Elf64_Ehdr *h = (const Elf64_Ehdr *)d->file;

	for (size_t i = 0; i < h->e_phnum; i++) {
		uint64_t at = h->e_phoff + i * sizeof(Elf64_Phdr);
		const Elf64_Phdr *p;

		if (h->e_phentsize != sizeof(*p) || at % 8 != 0 ||
		    !lies_in(d, at, sizeof(*p)))
			return 0;
		p = (const Elf64_Phdr *)(d->file + at);
		if (p->p_type != PT_LOAD || (p->p_flags & PF_X) == 0 ||
		    !lies_in(d, p->p_offset, p->p_filesz))
			continue;
		const char *found = memmem(d->file + p->p_offset, p->p_filesz, bytes, n);
		if (found != NULL)
			return p->p_vaddr + (uint64_t)(found - d->file) - p->p_offset;
	}
	return 0;
}
