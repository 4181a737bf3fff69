/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading two kinds of lines, without stdio, which the shim must not use.
 */
#include "policy/mapping.h"

#include <string.h>

static const char *
hex(const char *p, uint64_t *n)
{
	const char *from = p;

	for (*n = 0;; p++) {
		if (*p >= '0' && *p <= '9')
			*n = *n << 4 | (uint64_t)(*p - '0');
		else if (*p >= 'a' && *p <= 'f')
			*n = *n << 4 | (uint64_t)(*p - 'a' + 10);
		else
			return p > from ? p : NULL;
	}
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static enum weir_backing_of
backing_of(const char *name)
{
	static const char *const shared[] = {"/dev/shm/", "/memfd:", "/SYSV", "/dev/zero",
					     "[anon_shmem:"};

	if (*name == '\0' || *name == '\n' || begins(name, "[anon:"))
		return WEIR_OF_NOTHING;
	if (begins(name, "[heap]"))
		return WEIR_OF_BRK;
	if (begins(name, "[stack"))
		return WEIR_OF_STACK;
	for (unsigned i = 0; i < sizeof(shared) / sizeof(shared[0]); i++)
		if (begins(name, shared[i]))
			return WEIR_OF_SHARED;
	return WEIR_OF_FILE;
}

/* start-end perms offset device inode name */
bool
weir_mapping_first(const char *line, struct weir_mapping *m)
{
	struct weir_mapping found = {0};
	const char *p = hex(line, &found.start);

	if (p == NULL || *p != '-')
		return false;
	p = hex(p + 1, &found.end);
	if (p == NULL || *p != ' ' || found.end < found.start || strnlen(p, 6) < 6)
		return false;
	found.readable = p[1] == 'r';
	found.writable = p[2] == 'w';
	found.executable = p[3] == 'x';
	for (int field = 0; field < 4 && p != NULL; field++)
		p = strchr(p + 1, ' ');
	while (p != NULL && *p == ' ')
		p++;
	/* The inode, which nothing need follow. */
	while (p != NULL && *p >= '0' && *p <= '9')
		p++;
	while (p != NULL && *p == ' ')
		p++;
	found.of = p != NULL ? backing_of(p) : WEIR_OF_NOTHING;
	*m = found;
	return true;
}

bool
weir_mapping_rss(const char *line, uint64_t *bytes)
{
	uint64_t kb = 0;

	if (!begins(line, "Rss:"))
		return false;
	for (line += 4; *line == ' ' || *line == '\t'; line++)
		;
	for (; *line >= '0' && *line <= '9'; line++)
		kb = kb * 10 + (uint64_t)(*line - '0');
	*bytes = kb * 1024;
	return true;
}
