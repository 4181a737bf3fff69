/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By pagemap, which the kernel reads in pieces of 2 MB. For smaps it walks a mapping as a whole, and meanwhile the
 * process can map and unmap nothing: 20 ms with 700 MB. It is read where pagemap does not tell.
 */
#include "tools/read/proc_account.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tools/read/proc.h"

#define PRESENT	  (UINT64_C(1) << 63)
#define PATH_SIZE 64
#define AT_A_TIME 8192 /* pages */

static int
by_smaps(pid_t pid, struct weir_account *a)
{
	FILE *f = proc_open(pid, "smaps");
	char *line = NULL;
	size_t room = 0;

	if (f == NULL)
		return proc_error();
	errno = 0;
	while (getline(&line, &room, f) > 0)
		weir_account_line(a, line);
	weir_account_end(a);
	int rc = ferror(f) ? proc_error() : 0;
	free(line);
	fclose(f);
	return rc;
}

/* Resident bytes from `start` to `end`; false: pagemap cannot be read there. */
static bool
ask(int pagemap, uint64_t start, uint64_t end, uint64_t *bytes)
{
	static uint64_t entries[AT_A_TIME];
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), pages = (end - start) / page;

	*bytes = 0;
	for (uint64_t at = 0; at < pages;) {
		uint64_t n = pages - at < AT_A_TIME ? pages - at : AT_A_TIME;
		ssize_t got = pread(pagemap, entries, n * sizeof(entries[0]),
				    (off_t)((start / page + at) * sizeof(entries[0])));

		if (got < (ssize_t)sizeof(entries[0]))
			return false;
		n = (uint64_t)got / sizeof(entries[0]);
		for (uint64_t i = 0; i < n; i++)
			*bytes += (entries[i] & PRESENT) != 0 ? page : 0;
		at += n;
	}
	return true;
}

static bool
take_list(FILE *list, int pagemap, uint64_t to_ask, struct weir_account *a)
{
	char *line = NULL;
	size_t room = 0;
	bool whole = true;

	while (whole && getline(&line, &room, list) > 0) {
		struct weir_mapping m;

		if (!weir_mapping_first(line, &m))
			continue;
		if (weir_account_asks(&m)) {
			whole = m.end - m.start <= to_ask &&
				ask(pagemap, m.start, m.end, &m.rss_bytes);
			to_ask -= m.end - m.start;
		}
		weir_account_mapping(a, &m);
	}
	weir_account_end(a);
	free(line);
	return whole && !ferror(list);
}

static bool
by_pages(pid_t pid, struct weir_account *a)
{
	uint64_t rss, anonymous;

	if (proc_rss(pid, &rss, NULL) != 0)
		return false;
	FILE *pagemap = proc_open(pid, "pagemap"), *list = proc_open(pid, "maps");
	bool told = pagemap != NULL && list != NULL &&
		    take_list(list, fileno(pagemap),
			      WEIR_ASK_TIMES * rss + WEIR_ASK_LEAST, a) &&
		    proc_rss(pid, &rss, &anonymous) == 0 &&
		    weir_account_rest(a, rss, anonymous);

	if (list != NULL)
		fclose(list);
	if (pagemap != NULL)
		fclose(pagemap);
	return told;
}

int
proc_account(pid_t pid, struct weir_account *account)
{
	struct weir_account asked = *account;

	if (by_pages(pid, &asked)) {
		*account = asked;
		return 0;
	}
	return by_smaps(pid, account);
}
