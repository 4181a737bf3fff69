/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is loaded has no section headers: those that readers of files look for are made of the dynamic section, whose
 * addresses the loader has moved.
 */
#include "tools/read/process_image.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define HEADERS_MOST 64
#define FILE_MOST    ((uint64_t)256 << 20)
#define PAGE_MASK    ((uint64_t)4095)

/* How all linkers write the head of .eh_frame_hdr: a pointer relative to itself, a count, offsets of 4 bytes. */
struct unwind_head {
	uint8_t version, pointer_kind, count_kind, table_kind;
	int32_t pointer;
	uint32_t count;
};

struct headers {
	Elf64_Ehdr file;
	Elf64_Phdr parts[HEADERS_MOST];
};

bool
process_image_bytes(pid_t pid, uint64_t at, void *to, size_t n)
{
	struct iovec here = {to, n}, there = {(void *)at, n};

	return process_vm_readv(pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

static bool
read_headers(struct headers *h, pid_t pid, uint64_t start)
{
	const Elf64_Ehdr *f = &h->file;

	return process_image_bytes(pid, start, &h->file, sizeof(h->file)) &&
	       memcmp(f->e_ident, ELFMAG, SELFMAG) == 0 &&
	       f->e_ident[EI_CLASS] == ELFCLASS64 &&
	       (f->e_type == ET_DYN || f->e_type == ET_EXEC) && f->e_phnum > 0 &&
	       f->e_phnum <= HEADERS_MOST && f->e_phentsize == sizeof(h->parts[0]) &&
	       process_image_bytes(pid, start + f->e_phoff, h->parts,
				   f->e_phnum * sizeof(h->parts[0]));
}

static void
take_unwind(struct process_image *i, pid_t pid, uint64_t at)
{
	struct unwind_head head = {0};

	if (!process_image_bytes(pid, at, &head, sizeof(head)) || head.version != 1 ||
	    head.pointer_kind != 0x1b || head.count_kind != 0x03 ||
	    head.table_kind != 0x3b || head.count == 0)
		return;
	i->unwind_header = at;
	i->unwind_table = at + sizeof(head);
	i->unwind_entries = head.count;
}

bool
process_image_read(struct process_image *i, pid_t pid, uint64_t start)
{
	struct headers h;
	uint64_t unwind = 0, most = 0;
	bool first = true;

	*i = (struct process_image){.start = start};
	if (!read_headers(&h, pid, start))
		return false;
	for (unsigned k = 0; k < h.file.e_phnum; k++) {
		const Elf64_Phdr *p = &h.parts[k];

		if (p->p_type == PT_GNU_EH_FRAME)
			unwind = p->p_vaddr;
		if (p->p_type != PT_LOAD)
			continue;
		if (first)
			i->bias = start - ((p->p_vaddr - p->p_offset) & ~PAGE_MASK);
		first = false;
		if (p->p_vaddr + p->p_memsz > most)
			most = p->p_vaddr + p->p_memsz;
	}
	i->end = i->bias + most;
	if (first || i->end <= start)
		return false;
	if (unwind != 0)
		take_unwind(i, pid, i->bias + unwind);
	return true;
}

struct copy {
	char *bytes;
	uint64_t n;
	const struct headers *headers;
	uint64_t bias;
};

/* Where the file has what the process has there; NULL: not all of it. */
static const void *
in_file(const struct copy *c, uint64_t address, uint64_t bytes, uint64_t align)
{
	/* The loader moves addresses of the dynamic section, but for the vdso's. */
	if (address >= c->bias)
		address -= c->bias;
	for (unsigned k = 0; k < c->headers->file.e_phnum; k++) {
		const Elf64_Phdr *p = &c->headers->parts[k];
		uint64_t in = address - p->p_vaddr;

		if (p->p_type == PT_LOAD && in <= p->p_filesz &&
		    bytes <= p->p_filesz - in && (p->p_offset + in) % align == 0)
			return c->bytes + p->p_offset + in;
	}
	return NULL;
}

/* How many symbols there are, by the table of their names' hashes. */
static uint64_t
count_symbols(const struct copy *c, uint64_t gnu_hash, uint64_t old_hash)
{
	const uint32_t *t;
	uint64_t last = 0;

	if (old_hash != 0 && (t = in_file(c, old_hash, 8, 4)) != NULL)
		return t[1];
	if (gnu_hash == 0 || (t = in_file(c, gnu_hash, 16, 4)) == NULL)
		return 0;
	uint64_t n = t[0], offset = t[1], buckets = gnu_hash + 16 + (uint64_t)t[2] * 8;
	const uint32_t *bucket = in_file(c, buckets, n * 4, 4), *hash;
	for (uint64_t k = 0; bucket != NULL && k < n; k++)
		if (bucket[k] > last)
			last = bucket[k];
	if (last < offset)
		return offset;
	do {
		hash = in_file(c, buckets + n * 4 + (last - offset) * 4, 4, 4);
		last++;
	} while (hash != NULL && (*hash & 1) == 0);
	return hash != NULL ? last : 0;
}

/* Section headers behind all else: of the dynamic symbols, and of their names. */
static int
add_sections(int fd, const struct copy *c)
{
	uint64_t symbols = 0, strings = 0, strings_bytes = 0, gnu_hash = 0, old_hash = 0;
	Elf64_Shdr s[3] = {{0}};
	Elf64_Ehdr file = c->headers->file;
	const Elf64_Dyn *d = NULL;
	uint64_t n = 0;

	for (unsigned k = 0; k < file.e_phnum; k++)
		if (c->headers->parts[k].p_type == PT_DYNAMIC) {
			n = c->headers->parts[k].p_filesz / sizeof(*d);
			d = in_file(c, c->headers->parts[k].p_vaddr, n * sizeof(*d), 8);
		}
	for (; d != NULL && n > 0 && d->d_tag != DT_NULL; n--, d++)
		switch (d->d_tag) {
		case DT_SYMTAB:
			symbols = d->d_un.d_ptr;
			break;
		case DT_STRTAB:
			strings = d->d_un.d_ptr;
			break;
		case DT_STRSZ:
			strings_bytes = d->d_un.d_val;
			break;
		case DT_GNU_HASH:
			gnu_hash = d->d_un.d_ptr;
			break;
		case DT_HASH:
			old_hash = d->d_un.d_ptr;
			break;
		}
	uint64_t bytes = count_symbols(c, gnu_hash, old_hash) * sizeof(Elf64_Sym);
	const char *names = in_file(c, strings, strings_bytes, 1);
	const char *table = in_file(c, symbols, bytes, 8);
	if (bytes == 0 || names == NULL || table == NULL)
		return -ENOEXEC;
	s[1] = (Elf64_Shdr){.sh_type = SHT_DYNSYM,
			    .sh_offset = (uint64_t)(table - c->bytes),
			    .sh_size = bytes,
			    .sh_link = 2,
			    .sh_entsize = sizeof(Elf64_Sym)};
	s[2] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
			    .sh_offset = (uint64_t)(names - c->bytes),
			    .sh_size = strings_bytes};
	file.e_shoff = (c->n + 7) & ~(uint64_t)7;
	file.e_shentsize = sizeof(s[0]);
	file.e_shnum = 3;
	file.e_shstrndx = 0;
	return pwrite(fd, s, sizeof(s), (off_t)file.e_shoff) == sizeof(s) &&
			       pwrite(fd, &file, sizeof(file), 0) == sizeof(file)
		       ? 0
		       : -EIO;
}

static int
write_file(const struct copy *c)
{
	int fd = memfd_create("weir", MFD_CLOEXEC), rc = 0;

	if (fd < 0)
		return -errno;
	for (uint64_t done = 0; rc == 0 && done < c->n;) {
		ssize_t put = pwrite(fd, c->bytes + done, c->n - done, (off_t)done);

		if (put <= 0)
			rc = put < 0 ? -errno : -EIO;
		else
			done += (uint64_t)put;
	}
	if (rc == 0)
		rc = add_sections(fd, c);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

int
process_image_file(const struct process_image *i, pid_t pid)
{
	struct headers h;
	struct copy c = {.headers = &h, .bias = i->bias};
	int rc = 0;

	if (!read_headers(&h, pid, i->start))
		return -ENOEXEC;
	for (unsigned k = 0; k < h.file.e_phnum; k++) {
		const Elf64_Phdr *p = &h.parts[k];

		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_offset > FILE_MOST || p->p_filesz > FILE_MOST - p->p_offset)
			return -EFBIG;
		if (p->p_offset + p->p_filesz > c.n)
			c.n = p->p_offset + p->p_filesz;
	}
	if (c.n < sizeof(h.file) || (c.bytes = calloc(1, c.n)) == NULL)
		return -ENOMEM;
	for (unsigned k = 0; rc == 0 && k < h.file.e_phnum; k++) {
		const Elf64_Phdr *p = &h.parts[k];

		if (p->p_type == PT_LOAD &&
		    !process_image_bytes(pid, i->bias + p->p_vaddr, c.bytes + p->p_offset,
					 p->p_filesz))
			rc = -EFAULT;
	}
	if (rc == 0)
		rc = write_file(&c);
	free(c.bytes);
	return rc;
}
