/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Builds what a program under weir is started with. Called by cmd_run.c and doctor; never starts anything itself.
 */
#include "tools/host/launch.h"

#include <errno.h>
#include <limits.h>
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/host/shim_link.h"
#include "tools/read/elf.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

/* Debian's folder for the libraries of one machine. */
#if defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#else
#define MULTIARCH "x86_64-linux-gnu"
#endif

static bool
is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* An LD_PRELOAD cannot hold its own separators. */
static int
accept_shim(const char *found, char *path, size_t size, char *why, size_t why_size)
{
	if (strpbrk(found, LAUNCH_SEPARATORS) != NULL)
		return shim_link(found, path, size, why, why_size);
	snprintf(path, size, "%s", found);
	return 0;
}

/* The first shim there is, or a later one if that is the first for this C library: true then. */
static bool
prefer(bool musl, const char *guess, char found[PATH_MAX])
{
	char real[PATH_MAX];

	if (!is_file(guess) || realpath(guess, real) == NULL)
		return false;
	/* Of what is no ELF file the loader will complain. */
	bool fits = elf_built_for(real) != (musl ? ELF_GLIBC : ELF_MUSL);
	if (fits || found[0] == '\0')
		memcpy(found, real, sizeof(real));
	return fits;
}

/* Where this program lies, also without /proc. */
static bool
own_folder(char self[PATH_MAX])
{
	const char *started = (const char *)getauxval(AT_EXECFN);
	ssize_t n = readlink("/proc/self/exe", self, PATH_MAX - 1);

	self[n > 0 ? n : 0] = '\0';
	if (n <= 0 && (started == NULL || realpath(started, self) == NULL))
		self[0] = '\0';
	if (self[0] != '/')
		return false;
	*strrchr(self, '/') = '\0';
	return true;
}

/* Fills `self` with this program's folder, and `found`, empty if there is no shim; whether it is for `musl`. */
static bool
search_shim(bool musl, char self[PATH_MAX], char found[PATH_MAX])
{
	/* Of a build folder, and of an installation that was moved. */
	static const char *const beside[] = {"/", "/../lib/weir/", "/../lib64/weir/",
					     "/../lib/" MULTIARCH "/weir/"};
	const char *set = getenv("WEIR_PRELOAD");
	bool known = own_folder(self);

	found[0] = '\0';
	if (set != NULL && set[0] != '\0')
		return prefer(musl, set, found);
	for (size_t i = 0; known && i < sizeof(beside) / sizeof(beside[0]); i++) {
		char guess[PATH_MAX + 64];

		snprintf(guess, sizeof(guess), "%s%smusl/%s", self, beside[i],
			 LAUNCH_SHIM);
		if (musl && prefer(musl, guess, found))
			return true;
		snprintf(guess, sizeof(guess), "%s%s%s", self, beside[i], LAUNCH_SHIM);
		if (prefer(musl, guess, found))
			return true;
	}
	return (musl && prefer(musl, PKGLIBDIR "/musl/" LAUNCH_SHIM, found)) ||
	       prefer(musl, PKGLIBDIR "/" LAUNCH_SHIM, found);
}

int
launch_find_shim(bool musl, char *path, size_t size, char *why, size_t why_size)
{
	const char *set = getenv("WEIR_PRELOAD");
	char self[PATH_MAX], found[PATH_MAX];

	search_shim(musl, self, found);
	if (found[0] != '\0')
		return accept_shim(found, path, size, why, why_size);
	if (set != NULL && set[0] != '\0')
		show_format(why, why_size,
			    "WEIR_PRELOAD names \"%s\", which is not a file", set);
	else
		show_format(why, why_size,
			    "%s is neither in %s, %s/../lib/weir "
			    "nor in %s; build or install it, or set WEIR_PRELOAD to its "
			    "path",
			    LAUNCH_SHIM, self, self, PKGLIBDIR);
	return -ENOENT;
}

bool
launch_serves(bool musl)
{
	char self[PATH_MAX], found[PATH_MAX];

	return search_shim(musl, self, found) || found[0] == '\0';
}

bool
launch_preloaded(const char *preload, char *path, size_t size)
{
	const char *p = preload != NULL ? preload : "";

	while (*(p += strspn(p, LAUNCH_SEPARATORS)) != '\0') {
		size_t len = strcspn(p, LAUNCH_SEPARATORS);
		size_t base = len;

		while (base > 0 && p[base - 1] != '/')
			base--;
		if (len - base == strlen(LAUNCH_SHIM) &&
		    memcmp(p + base, LAUNCH_SHIM, len - base) == 0) {
			snprintf(path, size, "%.*s", (int)len, p);
			return true;
		}
		p += len;
	}
	return false;
}

char *
launch_fitting(const char *old, bool musl)
{
	char *value = strdup(old != NULL ? old : ""), *to = value;

	if (value == NULL)
		tell_no_memory();
	for (const char *p = value; *p != '\0';) {
		size_t len = strspn(p, LAUNCH_SEPARATORS);
		len += strcspn(p + len, LAUNCH_SEPARATORS);
		char entry[PATH_MAX + 8], shim[PATH_MAX];

		snprintf(entry, sizeof(entry), "%.*s", (int)len, p);
		/* What is not to be read stays: the loader will say so. */
		if (!launch_preloaded(entry, shim, sizeof(shim)) ||
		    elf_built_for(shim) != (musl ? ELF_GLIBC : ELF_MUSL)) {
			memmove(to, p, len);
			to += len;
		}
		p += len;
	}
	*to = '\0';
	return value;
}

/* Where the first allocator's entry starts in `preload`, or its end. */
static size_t
before_allocators(const char *preload)
{
	static const char *const names[] = {"alloc", "hoard", "scudo"};
	size_t at = strspn(preload, LAUNCH_SEPARATORS);

	for (size_t len; preload[at] != '\0';
	     at += len + strspn(preload + at + len, LAUNCH_SEPARATORS)) {
		char file[PATH_MAX];
		const char *base;

		len = strcspn(preload + at, LAUNCH_SEPARATORS);
		snprintf(file, sizeof(file), "%.*s", (int)len, preload + at);
		base = strrchr(file, '/') != NULL ? strrchr(file, '/') + 1 : file;
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strstr(base, names[i]) != NULL)
				return at;
	}
	return at;
}

bool
launch_allocator_first(const char *preload, char *path, size_t size)
{
	char shim[PATH_MAX];

	if (preload == NULL)
		return false;
	preload += before_allocators(preload);
	snprintf(path, size, "%.*s", (int)strcspn(preload, LAUNCH_SEPARATORS), preload);
	return launch_preloaded(preload, shim, sizeof(shim));
}

char *
launch_preload(const char *old, const char *shim)
{
	char there[PATH_MAX], *value;
	size_t at = old != NULL ? before_allocators(old) : 0;

	if (old == NULL || old[strspn(old, LAUNCH_SEPARATORS)] == '\0')
		value = strdup(shim);
	else if (launch_preloaded(old, there, sizeof(there)))
		value = strdup(old);
	else if (old[at] == '\0' ? asprintf(&value, "%s:%s", old, shim) < 0
				 : asprintf(&value, "%.*s%s:%s", (int)at, old, shim,
					    old + at) < 0)
		value = NULL;
	if (value == NULL)
		tell_no_memory();
	return value;
}

char *
launch_options(const char *old, const char *name, const char *value)
{
	size_t old_len = old != NULL ? strlen(old) : 0;
	char *text = malloc(old_len + strlen(name) + 2 * strlen(value) + 3), *p = text;

	if (text == NULL)
		tell_no_memory();
	if (old_len > 0)
		p += sprintf(p, "%s,", old);
	p += sprintf(p, "%s=", name);
	for (; *value != '\0'; value++) {
		if (*value == ',' || *value == '\\')
			*p++ = '\\';
		*p++ = *value;
	}
	*p = '\0';
	return text;
}

char *
launch_stats_absolute(const char *value)
{
	char cwd[PATH_MAX], escaped[2 * PATH_MAX], *text, *to = escaped;

	if (value[0] == '/' || value[0] == '\0' || strcmp(value, "auto") == 0 ||
	    strcmp(value, "off") == 0) {
		text = strdup(value);
		if (text == NULL)
			tell_no_memory();
		return text;
	}
	if (getcwd(cwd, sizeof(cwd)) == NULL || cwd[0] != '/')
		return NULL;
	/* The folder's own % must not be taken for %p. */
	for (const char *s = cwd; *s != '\0'; s++) {
		if (*s == '%')
			*to++ = '%';
		*to++ = *s;
	}
	*to = '\0';
	if (asprintf(&text, "%s/%s", escaped, value) < 0)
		tell_no_memory();
	return text;
}

/* As exec sees it: a folder or a file without x is there, but cannot be run. */
static int
can_run(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == EACCES ? -EACCES : -ENOENT;
	return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

int
launch_find_command(const char *name, const char *search, char *path, size_t size)
{
	int result = -ENOENT;

	if (strchr(name, '/') != NULL) {
		snprintf(path, size, "%s", name);
		return can_run(path);
	}
	if (*name == '\0')
		return -ENOENT;
	for (const char *p = search != NULL ? search : _PATH_DEFPATH;;) {
		size_t len = strcspn(p, ":");

		/* An empty part of PATH is the current folder. */
		snprintf(path, size, "%.*s%s%s", (int)len, p, len != 0 ? "/" : "./",
			 name);
		int rc = can_run(path);

		if (rc == 0)
			return 0;
		if (rc == -EACCES)
			result = rc;
		if (p[len] == '\0')
			return result;
		p += len + 1;
	}
}
