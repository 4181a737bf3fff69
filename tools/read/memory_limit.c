/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks from a process's control group up to the root and keeps the tightest limit. Called by
 * machine.c for doctor.
 */
#include "tools/read/memory_limit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/read/proc.h"
#include "tools/read/system_line.h"
#include "tools/text/show.h"

/* No limit reads as "max" in version 2, and as a number no machine has in version 1. */
#define NO_LIMIT (UINT64_C(1) << 62)

/* True if `word` is one of the comma-separated words of `list`, which ends at any of `ends`. */
static bool
has_word(const char *list, const char *word, const char *ends)
{
	size_t n = strcspn(list, ends), len = strlen(word);

	for (const char *p = list; p < list + n;) {
		size_t w = strcspn(p, ",");

		if (w > (size_t)(list + n - p))
			w = (size_t)(list + n - p);
		if (w == len && memcmp(p, word, len) == 0)
			return true;
		p += w + 1;
	}
	return false;
}

bool
memory_limit_group(const char *text, int version, char *path, size_t size)
{
	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		const char *names = memchr(line, ':', len);
		const char *group =
			names != NULL
				? memchr(names + 1, ':', len - (size_t)(names + 1 - line))
				: NULL;

		if (group != NULL &&
		    (version == 2 ? group == names + 1 && line[0] == '0'
				  : has_word(names + 1, "memory", ":"))) {
			show_format(path, size, "%.*s",
				    (int)(len - (size_t)(group + 1 - line)), group + 1);
			return true;
		}
		line += len + (line[len] == '\n');
	}
	return false;
}

bool
memory_limit_mount(const char *mountinfo, int version, char *point, char *root,
		   size_t size)
{
	for (const char *line = mountinfo; *line != '\0';) {
		size_t len = strcspn(line, "\n");
		char text[2 * PATH_MAX], type[32], options[512];
		char *tail, where[PATH_MAX], from[PATH_MAX];

		show_format(text, sizeof(text), "%.*s", (int)len, line);
		line += len + (line[len] == '\n');
		/* id parent dev root point options... - type source options */
		tail = strstr(text, " - ");
		if (tail == NULL ||
		    sscanf(text, "%*s %*s %*s %4095s %4095s", from, where) != 2 ||
		    sscanf(tail, " - %31s %*s %511s", type, options) != 2)
			continue;
		if (version == 2 ? strcmp(type, "cgroup2") == 0
				 : strcmp(type, "cgroup") == 0 &&
					   has_word(options, "memory", " ")) {
			show_format(point, size, "%s", where);
			show_format(root, size, "%s", from);
			return true;
		}
	}
	return false;
}

static bool
read_number(const char *folder, const char *file, uint64_t *value)
{
	char path[PATH_MAX + 32], line[32];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return system_line(path, line, sizeof(line)) &&
	       sscanf(line, "%" SCNu64, value) == 1;
}

static void
look_at_group(struct memory_limit *limit, const char *folder)
{
	static const char *const files[] = {"memory.limit_in_bytes", "memory.max",
					    "memory.high"};
	const char *usage =
		limit->version == 1 ? "memory.usage_in_bytes" : "memory.current";
	int from = limit->version == 1 ? 0 : 1, to = limit->version == 1 ? 1 : 3;

	if (limit->path[0] == '\0') {
		show_format(limit->path, sizeof(limit->path), "%s", folder);
		read_number(folder, usage, &limit->usage_bytes);
	}
	for (int i = from; i < to; i++) {
		uint64_t value;

		if (!read_number(folder, files[i], &value) || value >= NO_LIMIT ||
		    (limit->limited && value >= limit->limit_bytes))
			continue;
		limit->limited = true;
		limit->limit_bytes = value;
		show_format(limit->path, sizeof(limit->path), "%s", folder);
		read_number(folder, usage, &limit->usage_bytes);
	}
}

bool
memory_limit_walk(struct memory_limit *limit, const char *cgroup_text,
		  const char *mountinfo, int version)
{
	char group[PATH_MAX], point[PATH_MAX], root[PATH_MAX], folder[2 * PATH_MAX];
	size_t root_len, point_len;
	uint64_t usage;

	if (!memory_limit_mount(mountinfo, version, point, root, PATH_MAX) ||
	    !memory_limit_group(cgroup_text, version, group, PATH_MAX))
		return false;
	/* In a container the mount shows a part of the tree only. */
	memset(limit, 0, sizeof(*limit));
	root_len = strcmp(root, "/") == 0 ? 0 : strlen(root);
	if (strncmp(group, root, root_len) != 0)
		root_len = 0;
	point_len = strlen(point);
	show_format(folder, sizeof(folder), "%s%s", point, group + root_len);
	limit->version = version;
	for (;;) {
		char *slash;

		look_at_group(limit, folder);
		slash = strrchr(folder, '/');
		if (slash == NULL || (size_t)(slash - folder) < point_len)
			break;
		*slash = '\0';
	}
	/* Version 2 may be mounted without the memory controller. */
	limit->found =
		limit->limited ||
		read_number(limit->path,
			    version == 1 ? "memory.usage_in_bytes" : "memory.current",
			    &usage);
	return limit->found;
}

int
memory_limit_of(pid_t pid, struct memory_limit *limit)
{
	char *groups, *mounts;
	int rc = proc_text(pid, "cgroup", &groups, NULL);

	memset(limit, 0, sizeof(*limit));
	if (rc != 0)
		return rc;
	/* Our own view of the mounts: those are the folders that we can open. */
	rc = proc_text(0, "mountinfo", &mounts, NULL);
	if (rc == 0) {
		if (!memory_limit_walk(limit, groups, mounts, 2))
			memory_limit_walk(limit, groups, mounts, 1);
		free(mounts);
	}
	free(groups);
	return rc;
}

uint64_t
memory_limit_left(const struct memory_limit *limit)
{
	char path[PATH_MAX + 16], line[128];
	uint64_t left = limit->limit_bytes > limit->usage_bytes
				? limit->limit_bytes - limit->usage_bytes
				: 0;

	snprintf(path, sizeof(path), "%s/memory.stat", limit->path);
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		/* Version 1 has the groups below as well under a name of its own. */
		const char *name = strncmp(line, "total_", 6) == 0 ? line + 6 : line;
		uint64_t bytes;

		if ((name != line) == (limit->version == 1) &&
		    (sscanf(name, "inactive_file %" SCNu64, &bytes) == 1 ||
		     sscanf(name, "active_file %" SCNu64, &bytes) == 1))
			left += bytes;
	}
	if (f != NULL)
		fclose(f);
	return left;
}
