/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Symbols by libdwfl, one session for each file that is asked about. Called by growth_place.c; opens
 * regular files only. C++ names are demangled by libstdc++ if it is there: nothing else needs it.
 */
#include "tools/names/symbolize.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "tools/read/foreign.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

#ifdef HAVE_LIBDW
#include <dlfcn.h>
#include <elfutils/libdwfl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/names/symbol_table.h"

#define MAX_FILES 512

struct file {
	char *path;
	Dwfl *session;		      /* NULL: not to be believed or not readable */
	Dwfl_Module *module;	      /* its only one */
	struct symbol_table *symbols; /* NULL until asked for */
};

struct symbolize {
	struct file files[MAX_FILES];
	size_t n_files;
	void *cxx;
	char *(*demangle)(const char *, char *, size_t *, int *);
};

/* In a static command only. */
char *__cxa_demangle(const char *, char *, size_t *, int *) __attribute__((weak));

static char *debuginfo_path; /* libdwfl's default */

/* Whether what libdwfl would look at beside a file is regular, or not there: it opens a pipe, and waits for ever. */
static bool
beside_is_regular(const char *file, const char *link)
{
	static const char *const folders[] = {"", ".debug/"};
	const char *slash = strrchr(file, '/');

	for (size_t i = 0; slash != NULL && i < 2; i++) {
		char path[PATH_MAX];
		struct stat st;
		int n = snprintf(path, sizeof(path), "%.*s%s%s%s",
				 (int)(slash + 1 - file), file, folders[i],
				 link != NULL ? link : slash + 1,
				 link != NULL ? "" : ".debug");

		if (n >= (int)sizeof(path) ||
		    (stat(path, &st) == 0 && !S_ISREG(st.st_mode)))
			return false;
	}
	return slash != NULL;
}

/* By its build id else, in the folder of the system. */
static int
find_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
	       const char *file, const char *link, GElf_Word sum, char **found)
{
	char *real = file != NULL ? realpath(file, NULL) : NULL;
	bool by_name = real != NULL && (link == NULL || strchr(link, '/') == NULL) &&
		       beside_is_regular(file, link) && beside_is_regular(real, link);

	free(real);
	return (by_name ? dwfl_standard_find_debuginfo : dwfl_build_id_find_debuginfo)(
		module, data, name, base, file, link, sum, found);
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &debuginfo_path,
};

struct symbolize *
symbolize_new(void)
{
	struct symbolize *s = calloc(1, sizeof(*s));

	if (s == NULL)
		tell_no_memory();
	s->demangle = __cxa_demangle;
	if (s->demangle == NULL)
		s->cxx = dlopen("libstdc++.so.6", RTLD_LAZY | RTLD_LOCAL);
	if (s->cxx != NULL)
		*(void **)&s->demangle = dlsym(s->cxx, "__cxa_demangle");
	return s;
}

void
symbolize_free(struct symbolize *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_files; i++) {
		symbol_table_free(s->files[i].symbols);
		if (s->files[i].session != NULL)
			dwfl_end(s->files[i].session);
		free(s->files[i].path);
	}
	if (s->cxx != NULL)
		dlclose(s->cxx);
	free(s);
}

/* Is this file the recorded one? Only equal build ids prove it; if either has none, it is not. */
static bool
is_proven(Dwfl_Module *module, const uint8_t *build_id, size_t build_id_bytes)
{
	const unsigned char *found;
	GElf_Addr at;

	return module != NULL && build_id_bytes != 0 &&
	       dwfl_module_build_id(module, &found, &at) == (int)build_id_bytes &&
	       memcmp(found, build_id, build_id_bytes) == 0;
}

static void
open_file(struct file *f, const uint8_t *build_id, size_t build_id_bytes)
{
	int fd = foreign_open(f->path);

	if (fd < 0)
		return;
	f->session = dwfl_begin(&callbacks);
	if (f->session == NULL) {
		close(fd);
		return;
	}
	dwfl_report_begin(f->session);
	/* What it can use is its own from then on. */
	f->module = dwfl_report_offline(f->session, f->path, f->path, fd);
	if (f->module == NULL)
		close(fd);
	dwfl_report_end(f->session, NULL, NULL);
	if (!is_proven(f->module, build_id, build_id_bytes)) {
		dwfl_end(f->session);
		f->session = NULL;
	}
}

static struct file *
find_file(struct symbolize *s, const char *path, const uint8_t *build_id, size_t n)
{
	struct file *f;

	for (size_t i = 0; i < s->n_files; i++)
		if (strcmp(s->files[i].path, path) == 0)
			return &s->files[i];
	if (s->n_files == MAX_FILES || path[0] != '/')
		return NULL;
	f = &s->files[s->n_files++];
	f->path = strdup(path);
	if (f->path == NULL)
		tell_no_memory();
	open_file(f, build_id, n);
	return f;
}

static void
take_name(const struct symbolize *s, const char *name, struct symbolize_place *place)
{
	char *plain = NULL;
	int status;

	if (s->demangle != NULL && strncmp(name, "_Z", 2) == 0)
		plain = s->demangle(name, NULL, NULL, &status);
	show_format(place->function, sizeof(place->function), "%s",
		    plain != NULL ? plain : name);
	free(plain);
}

static bool
find_place(struct symbolize *s, struct file *f, uint64_t address,
	   struct symbolize_place *place)
{
	GElf_Addr bias;
	Dwarf_Addr debug_bias;
	const char *name, *file;
	Dwfl_Line *line;
	int row = 0, column = 0;

	memset(place, 0, sizeof(*place));
	if (f == NULL || f->session == NULL ||
	    dwfl_module_getelf(f->module, &bias) == NULL)
		return false;
	if (f->symbols == NULL)
		f->symbols = symbol_table_new(f->module);
	name = symbol_table_find(f->symbols, address + bias);
	if (name != NULL)
		take_name(s, name, place);
	if (dwfl_module_getdwarf(f->module, &debug_bias) != NULL &&
	    (line = dwfl_module_getsrc(f->module, address + bias)) != NULL &&
	    (file = dwfl_lineinfo(line, NULL, &row, &column, NULL, NULL)) != NULL) {
		show_format(place->file, sizeof(place->file), "%s", file);
		place->line = row > 0 ? (uint32_t)row : 0;
		place->column = column > 0 ? (uint32_t)column : 0;
	}
	return name != NULL;
}

bool
symbolize_find(struct symbolize *s, const char *path, const uint8_t *build_id,
	       size_t build_id_bytes, uint64_t address, struct symbolize_place *place)
{
	/* libdw opens files that it finds named in files. */
	struct file *known = find_file(s, path, build_id, build_id_bytes);

	foreign_begin();
	bool found = find_place(s, known, address, place);
	foreign_end();
	return found;
}

#else

struct symbolize *
symbolize_new(void)
{
	return NULL;
}

void
symbolize_free(struct symbolize *s)
{
	(void)s;
}

bool
symbolize_find(struct symbolize *s, const char *path, const uint8_t *build_id,
	       size_t build_id_bytes, uint64_t address, struct symbolize_place *place)
{
	(void)s, (void)path, (void)build_id, (void)build_id_bytes, (void)address;
	memset(place, 0, sizeof(*place));
	return false;
}

#endif
