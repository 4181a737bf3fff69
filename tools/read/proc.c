/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading /proc/PID. Called by locate.c, doctor and the summary; never attaches to a process,
 * never sends a signal.
 */
#include "tools/read/proc.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 64

/* PF_EXITING among the kernel's flags of a task. */
#define FLAG_EXITING 0x4ul

static void
proc_path(char out[PATH_SIZE], pid_t pid, const char *name)
{
	if (pid == 0)
		snprintf(out, PATH_SIZE, "/proc/self/%s", name);
	else
		snprintf(out, PATH_SIZE, "/proc/%d/%s", (int)pid, name);
}

/* A process that ends between open and read gives ESRCH; before, ENOENT. */
int
proc_error(void)
{
	return errno == ENOENT ? -ESRCH : errno == EPERM ? -EACCES : -errno;
}

FILE *
proc_open(pid_t pid, const char *name)
{
	char path[PATH_SIZE];

	proc_path(path, pid, name);
	return fopen(path, "re");
}

/* A file of /proc, line by line. */
struct lines {
	FILE *f;
	char *text;
	size_t room;
};

static int
lines_open(struct lines *l, pid_t pid, const char *name)
{
	*l = (struct lines){.f = proc_open(pid, name)};
	if (l->f == NULL)
		return proc_error();
	errno = 0;
	return 0;
}

/* The next line, or NULL at the end; the text is the caller's to change until the next call. */
static char *
lines_next(struct lines *l)
{
	return getline(&l->text, &l->room, l->f) > 0 ? l->text : NULL;
}

/* Whether it was read to its end. */
static int
lines_close(struct lines *l)
{
	int rc = ferror(l->f) ? proc_error() : 0;

	free(l->text);
	fclose(l->f);
	return rc;
}

int
proc_text(pid_t pid, const char *name, char **text, size_t *len)
{
	FILE *f = proc_open(pid, name);
	size_t room = 4096, n = 0, got;
	int rc = 0;

	*text = NULL;
	if (len != NULL)
		*len = 0;
	if (f == NULL)
		return proc_error();
	do {
		char *bigger = realloc(*text, room + 1);

		if (bigger == NULL) {
			rc = -ENOMEM;
			break;
		}
		*text = bigger;
		got = fread(*text + n, 1, room - n, f);
		n += got;
		room *= 2;
	} while (got > 0 && room <= PROC_TEXT_MAX);
	if (rc == 0 && ferror(f))
		rc = proc_error();
	fclose(f);
	if (rc != 0) {
		free(*text);
		*text = NULL;
		return rc;
	}
	(*text)[n] = '\0';
	if (len != NULL)
		*len = n;
	return 0;
}

int
proc_link(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[PATH_SIZE];
	ssize_t n;

	proc_path(path, pid, name);
	n = readlink(path, buf, size - 1);
	if (n < 0)
		return proc_error();
	buf[n] = '\0';
	return 0;
}

int
proc_parse_stat(const char *line, struct proc_stat *out)
{
	/* The name in parentheses may itself hold blanks and parentheses. */
	const char *p = strrchr(line, ')');

	if (p == NULL || p[1] != ' ' || p[2] == '\0')
		return -EINVAL;
	p += 2;
	out->ended = *p == 'Z' || *p == 'X';
	out->stopped = *p == 'T';
	out->cpu_ticks = 0;
	for (int field = 3; field < 22; field++) {
		p = strchr(p, ' ');
		if (p == NULL)
			return -EINVAL;
		p++;
		/* To take a large process apart needs a while, in which it seems to run. */
		if (field == 8 && (strtoul(p, NULL, 10) & FLAG_EXITING) != 0)
			out->ended = true;
		if (field == 13 || field == 14)
			out->cpu_ticks += strtoull(p, NULL, 10);
	}
	return sscanf(p, "%" SCNu64, &out->start_ticks) == 1 ? 0 : -EINVAL;
}

int64_t
proc_status_number(const char *status, const char *name, int base)
{
	const char *at = strstr(status, name);

	return at != NULL ? (int64_t)strtoull(at + strlen(name), NULL, base) : -1;
}

bool
proc_is_pid(const char *text, pid_t *pid)
{
	unsigned long value;

	if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0')
		return false;
	errno = 0;
	value = strtoul(text, NULL, 10);
	*pid = errno != 0 || value > INT32_MAX ? -1 : (pid_t)value;
	return true;
}

int
proc_stat(pid_t pid, struct proc_stat *out)
{
	char path[PATH_SIZE], *text;
	struct stat st;
	int rc = proc_text(pid, "stat", &text, NULL);

	if (rc != 0)
		return rc;
	rc = proc_parse_stat(text, out);
	free(text);
	proc_path(path, pid, ".");
	if (rc == 0 && stat(path, &st) != 0)
		return proc_error();
	if (rc == 0)
		out->uid = st.st_uid;
	return rc;
}

const char *
proc_environ_get(const char *environ_text, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	for (size_t at = 0; at < len;) {
		const char *item = environ_text + at;
		size_t n = strnlen(item, len - at);

		if (at + n >= len)
			break; /* not terminated: cut */
		if (n > name_len && item[name_len] == '=' &&
		    memcmp(item, name, name_len) == 0)
			return item + name_len + 1;
		at += n + 1;
	}
	return NULL;
}

bool
proc_one_thread(pid_t pid)
{
	char path[PATH_SIZE];
	struct stat st;

	proc_path(path, pid, "task");
	return stat(path, &st) == 0 && st.st_nlink == 3;
}

int
proc_maps(pid_t pid, const char *file_name, size_t *n_maps, bool *mapped)
{
	struct lines lines;
	char *line;
	int rc = lines_open(&lines, pid, "maps");

	*n_maps = 0;
	*mapped = false;
	if (rc != 0)
		return rc;
	while ((line = lines_next(&lines)) != NULL) {
		char *slash = strrchr(line, '/');

		(*n_maps)++;
		if (slash == NULL)
			continue;
		slash[strcspn(slash, " \n")] = '\0'; /* also drops " (deleted)" */
		if (strcmp(slash + 1, file_name) == 0)
			*mapped = true;
	}
	return lines_close(&lines);
}

int
proc_rss(pid_t pid, uint64_t *bytes, uint64_t *anon_bytes)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	char *text;
	uint64_t pages, others;
	int rc = proc_text(pid, "statm", &text, NULL);

	if (rc != 0)
		return rc;
	if (sscanf(text, "%*u %" SCNu64 " %" SCNu64, &pages, &others) != 2)
		rc = -EINVAL;
	else if (pages == 0) /* killed: its memory is gone, its pid not yet */
		rc = -ESRCH;
	else
		*bytes = pages * page;
	if (rc == 0 && anon_bytes != NULL)
		*anon_bytes = pages > others ? (pages - others) * page : 0;
	free(text);
	return rc;
}

int
proc_secure(pid_t pid, bool *secure)
{
	Elf64_auxv_t *aux;
	char *text;
	size_t len;
	int rc = proc_text(pid, "auxv", &text, &len);

	if (rc != 0)
		return rc;
	rc = -EINVAL;
	aux = (Elf64_auxv_t *)text;
	for (size_t i = 0; i < len / sizeof(*aux) && aux[i].a_type != AT_NULL; i++) {
		if (aux[i].a_type == AT_SECURE) {
			*secure = aux[i].a_un.a_val != 0;
			rc = 0;
		}
	}
	free(text);
	return rc;
}
