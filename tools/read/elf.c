/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ELF reader of three tables: program headers for the loader, the dynamic section for the
 * libraries needed, dynamic symbols for who serves malloc. Called by target.c; files without
 * section headers are left at what the program headers say.
 */
#include "tools/read/elf.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_HEADERS	4096
#define MAX_TABLE	(64u << 20) /* Node's symbol strings take 7 MB */
#define FAIL(code, ...) (snprintf(why, ELF_WHY, __VA_ARGS__), -(code))

#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define NATIVE_MACHINE EM_AARCH64
#elif defined(__riscv)
#define NATIVE_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define NATIVE_MACHINE EM_PPC64
#elif defined(__s390x__)
#define NATIVE_MACHINE EM_S390
#else
#define NATIVE_MACHINE EM_NONE
#endif
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE_DATA ELFDATA2LSB
#else
#define NATIVE_DATA ELFDATA2MSB
#endif

struct table {
	char *bytes; /* terminated, so that a string cannot run out of it */
	size_t n;
};

static int
read_at(int fd, uint64_t offset, void *buf, size_t n)
{
	char *p = buf;

	while (n > 0) {
		ssize_t got = offset > INT64_MAX ? 0 : pread(fd, p, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EBADMSG;
		p += got;
		n -= (size_t)got;
		offset += (size_t)got;
	}
	return 0;
}

static int
read_table(int fd, uint64_t offset, uint64_t bytes, struct table *t)
{
	int rc;

	*t = (struct table){NULL, 0};
	if (bytes > MAX_TABLE)
		return -EBADMSG;
	t->bytes = malloc(bytes + 1);
	if (t->bytes == NULL)
		return -ENOMEM;
	t->n = bytes;
	t->bytes[bytes] = '\0';
	rc = read_at(fd, offset, t->bytes, bytes);
	if (rc != 0) {
		free(t->bytes);
		*t = (struct table){NULL, 0};
	}
	return rc;
}

static const char *
string_at(const struct table *strings, uint64_t offset)
{
	return offset < strings->n ? strings->bytes + offset : "";
}

static int
read_loader(int fd, const Elf64_Ehdr *eh, struct elf_facts *facts, char *why)
{
	struct table headers;
	int rc;

	if (eh->e_phnum == 0)
		return 0;
	if (eh->e_phentsize != sizeof(Elf64_Phdr) || eh->e_phnum > MAX_HEADERS)
		return FAIL(EBADMSG, "damaged ELF file: program headers");
	rc = read_table(fd, eh->e_phoff, eh->e_phnum * sizeof(Elf64_Phdr), &headers);
	if (rc != 0)
		return FAIL(-rc, "damaged ELF file: its program headers lie outside it");
	for (unsigned i = 0; i < eh->e_phnum && !facts->dynamic; i++) {
		Elf64_Phdr ph;
		size_t n;

		memcpy(&ph, headers.bytes + i * sizeof(ph), sizeof(ph));
		if (ph.p_type != PT_INTERP)
			continue;
		facts->dynamic = true;
		n = ph.p_filesz < sizeof(facts->loader) ? ph.p_filesz
							: sizeof(facts->loader) - 1;
		if (read_at(fd, ph.p_offset, facts->loader, n) != 0)
			rc = FAIL(EBADMSG, "damaged ELF file: the name of its loader");
	}
	free(headers.bytes);
	return rc;
}

/* Libraries that need no look: the C library's own parts, and those that never allocate large blocks. */
static bool
is_c_library(const char *name)
{
	static const char *const own[] = {"libc.so.",	 "libm.so.",  "libpthread.so.",
					  "libdl.so.",	 "librt.so.", "ld-linux",
					  "libgcc_s.so", "ld64.so"};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strncmp(name, own[i], strlen(own[i])) == 0)
			return true;
	return false;
}

/* By itself, and as Alpine has it. */
static bool
is_musl(const char *name)
{
	return strcmp(name, "libc.so") == 0 || strncmp(name, "libc.musl-", 10) == 0;
}

/* The runtimes that watch the heap; those that are linked statically export a malloc. */
static const char *
sanitizer_of(const char *name)
{
	static const char *const runtimes[] = {"libasan.so",	    "libtsan.so",
					       "liblsan.so",	    "libhwasan.so",
					       "libclang_rt.asan",  "libclang_rt.tsan",
					       "libclang_rt.hwasan"};

	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (strncmp(name, runtimes[i], strlen(runtimes[i])) == 0)
			return runtimes[i];
	return NULL;
}

static void
note_other(struct elf_facts *facts, const char *name)
{
	facts->needs_others = true;
	for (size_t i = 0; i < ELF_OTHERS; i++)
		if (facts->others[i][0] == '\0') {
			if (strlen(name) < sizeof(facts->others[i]))
				strcpy(facts->others[i], name);
			return;
		}
}

static void
note_needed(const struct table *dynamic, const struct table *strings,
	    struct elf_facts *facts)
{
	for (size_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic->n;
	     at += sizeof(Elf64_Dyn)) {
		Elf64_Dyn d;

		memcpy(&d, dynamic->bytes + at, sizeof(d));
		if (d.d_tag == DT_NULL)
			break;
		if (d.d_tag != DT_NEEDED)
			continue;
		const char *name = string_at(strings, d.d_un.d_val);
		if (is_musl(name))
			facts->musl = true;
		else if (!is_c_library(name))
			note_other(facts, name);
		if (facts->sanitizer == NULL)
			facts->sanitizer = sanitizer_of(name);
	}
}

static bool
is_malloc(const char *name)
{
	static const char *const family[] = {
		"malloc",	 "calloc",   "realloc", "posix_memalign",
		"aligned_alloc", "memalign", "valloc",	"reallocarray"};

	for (size_t i = 0; i < sizeof(family) / sizeof(family[0]); i++)
		if (strcmp(name, family[i]) == 0)
			return true;
	return false;
}

/* Where one of these is not weir's, the shim serves nothing: preload/loader/reach.c. */
static const char *
decisive(const char *name)
{
	static const char *const all[] = {"malloc", "free", "realloc", "reallocarray",
					  "malloc_usable_size"};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(name, all[i]) == 0)
			return all[i];
	return NULL;
}

static void
note_symbols(const struct table *symbols, const struct table *strings,
	     struct elf_facts *facts)
{
	for (size_t at = 0; at + sizeof(Elf64_Sym) <= symbols->n;
	     at += sizeof(Elf64_Sym)) {
		Elf64_Sym sym;
		const char *name;

		memcpy(&sym, symbols->bytes + at, sizeof(sym));
		name = string_at(strings, sym.st_name);
		if (is_malloc(name) && sym.st_shndx == SHN_UNDEF)
			facts->imports_malloc = true;
		else if (sym.st_shndx != SHN_UNDEF && decisive(name) != NULL &&
			 (facts->defines == NULL || strcmp(name, "malloc") == 0))
			facts->defines = decisive(name);
		/* v8::V8::GetSandboxSizeInBytes(), declared under V8_ENABLE_SANDBOX only. */
		else if (strcmp(name, "_ZN2v82V821GetSandboxSizeInBytesEv") == 0 &&
			 sym.st_shndx != SHN_UNDEF)
			facts->v8_sandbox = true;
		/* node::Start(int, char **), which its headers declare: its own, or libnode's. */
		else if (strcmp(name, "_ZN4node5StartEiPPc") == 0)
			facts->node = true;
	}
}

/* A section and the string table that it is linked to. */
static int
read_linked(int fd, const struct table *headers, const Elf64_Shdr *sh, struct table *data,
	    struct table *strings)
{
	Elf64_Shdr linked;
	int rc;

	*data = *strings = (struct table){NULL, 0};
	if (sh->sh_link >= headers->n / sizeof(linked))
		return -EBADMSG;
	memcpy(&linked, headers->bytes + sh->sh_link * sizeof(linked), sizeof(linked));
	rc = read_table(fd, sh->sh_offset, sh->sh_size, data);
	if (rc == 0)
		rc = read_table(fd, linked.sh_offset, linked.sh_size, strings);
	return rc;
}

static void
read_sections(int fd, const Elf64_Ehdr *eh, struct elf_facts *facts)
{
	struct table headers;
	bool symbols = false, dynamic = false;

	if (eh->e_shentsize != sizeof(Elf64_Shdr) || eh->e_shnum > MAX_HEADERS ||
	    read_table(fd, eh->e_shoff, eh->e_shnum * sizeof(Elf64_Shdr), &headers) != 0)
		return;
	for (unsigned i = 0; i < eh->e_shnum; i++) {
		struct table data, strings;
		Elf64_Shdr sh;

		memcpy(&sh, headers.bytes + i * sizeof(sh), sizeof(sh));
		if (sh.sh_type != SHT_DYNSYM && sh.sh_type != SHT_DYNAMIC)
			continue;
		if (read_linked(fd, &headers, &sh, &data, &strings) == 0) {
			if (sh.sh_type == SHT_DYNSYM)
				note_symbols(&data, &strings, facts);
			else
				note_needed(&data, &strings, facts);
			symbols = symbols || sh.sh_type == SHT_DYNSYM;
			dynamic = dynamic || sh.sh_type == SHT_DYNAMIC;
		}
		free(data.bytes);
		free(strings.bytes);
	}
	facts->symbols_read = symbols && dynamic;
	free(headers.bytes);
}

int
elf_read(int fd, struct elf_facts *facts, char why[ELF_WHY])
{
	Elf64_Ehdr eh;
	int rc;

	memset(facts, 0, sizeof(*facts));
	memset(&eh, 0, sizeof(eh));
	/* The part that both classes share comes first: e_machine is at 18 in either. */
	rc = read_at(fd, 0, &eh, offsetof(Elf64_Ehdr, e_version));
	if (rc == -EBADMSG || (rc == 0 && memcmp(eh.e_ident, ELFMAG, SELFMAG) != 0))
		return -ENOEXEC;
	if (rc != 0)
		return FAIL(-rc, "%s", strerror(-rc));
	facts->bits = eh.e_ident[EI_CLASS] == ELFCLASS32 ? 32 : 64;
	facts->machine = eh.e_ident[EI_DATA] == NATIVE_DATA
				 ? eh.e_machine
				 : __builtin_bswap16(eh.e_machine);
	facts->native = eh.e_ident[EI_CLASS] == ELFCLASS64 &&
			eh.e_ident[EI_DATA] == NATIVE_DATA &&
			eh.e_machine == NATIVE_MACHINE;
	if (!facts->native)
		return 0;
	if (read_at(fd, 0, &eh, sizeof(eh)) != 0)
		return FAIL(EBADMSG, "damaged ELF file: shorter than its header");
	if (eh.e_type != ET_EXEC && eh.e_type != ET_DYN)
		return FAIL(EBADMSG, "an ELF file, but no program");
	rc = read_loader(fd, &eh, facts, why);
	if (strstr(facts->loader, "ld-musl") != NULL)
		facts->musl = true;
	if (rc == 0 && (facts->dynamic || eh.e_type == ET_DYN))
		read_sections(fd, &eh, facts);
	return rc;
}

enum elf_libc
elf_built_for(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;
	struct elf_facts facts = {.native = false};
	char why[ELF_WHY];

	if (fd >= 0) {
		rc = elf_read(fd, &facts, why);
		close(fd);
	}
	if (rc != 0 || !facts.native)
		return ELF_UNKNOWN;
	return facts.musl ? ELF_MUSL : ELF_GLIBC;
}
