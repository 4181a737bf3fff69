/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_trace FILE [NAME=VALUE...]: writes the sidecar of the story (trace_sample.h), changed as
 * told, for the tests of the command:
 *   root=PATH        folder of its scripts
 *   pid= start=      of the header; state=1 running, 2 exited
 *   now=1            written just now
 *   trace=0          without a trace
 *   gc_known=0       collections not observable
 *   gcs= main_gcs=   major ones, of all isolates and of the main one
 *   tier=N  runtime=NAME
 *   drop.NAME=N      dropped
 *   rss= cached=     of the last row and the counters
 *   older=SECONDS    the process ran so long before the story, of which nothing is recorded
 *   unattributed=N   live bytes of no site
 *   quiet=1          of server.mjs half a megabyte is left, of cache.mjs nothing
 *   cut=BYTES        the file ends there
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/tools/sidecar_sample.h"
#include "tests/tools/trace_sample.h"

static const char *
argument(int argc, char **argv, const char *name)
{
	size_t n = strlen(name);

	for (int i = 2; i < argc; i++)
		if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
			return argv[i] + n + 1;
	return NULL;
}

static uint64_t
number(const char *text)
{
	return strtoull(text, NULL, 0);
}

static uint64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void
change_header(struct trace_sample *s, int argc, char **argv)
{
	struct weir_stats_header *h = trace_sample_header(s);
	struct sidecar_sample *slots = (struct sidecar_sample *)h;
	const char *text;

	if ((text = argument(argc, argv, "pid")) != NULL)
		h->pid = (int32_t)number(text);
	if ((text = argument(argc, argv, "start")) != NULL)
		h->start_ticks = number(text);
	if ((text = argument(argc, argv, "state")) != NULL)
		for (int i = 0; i < WEIR_STATS_SLOTS; i++)
			sidecar_sample_slot(slots, i)->state = number(text);
	if (argument(argc, argv, "now") != NULL) {
		for (int i = 0; i < WEIR_STATS_SLOTS; i++)
			sidecar_sample_slot(slots, i)->unix_ns = clock_now();
		trace_sample_head(s)->unix_ns = clock_now();
	}
	if (argument(argc, argv, "trace") != NULL)
		h->trace_offset = h->trace_bytes = 0;
}

static void
change_trace(struct trace_sample *s, int argc, char **argv)
{
	static const char *const drops[] = {
#define X(name, meaning) "drop." #name,
		WEIR_TRACE_DROPS(X)
#undef X
	};
	struct weir_trace_head *h = trace_sample_head(s);
	const char *text;

	if ((text = argument(argc, argv, "gc_known")) != NULL)
		h->gc_known = (uint32_t)number(text);
	if ((text = argument(argc, argv, "gcs")) != NULL)
		h->major_gcs = number(text);
	if ((text = argument(argc, argv, "main_gcs")) != NULL)
		h->main_major_gcs = number(text);
	if ((text = argument(argc, argv, "tier")) != NULL)
		h->tier = (uint32_t)number(text);
	if ((text = argument(argc, argv, "runtime")) != NULL)
		h->runtime = trace_sample_string(s, text);
	for (int i = 0; i < WEIR_N_TRACE_DROPS; i++)
		if ((text = argument(argc, argv, drops[i])) != NULL)
			h->drops[i] = number(text);
	if ((text = argument(argc, argv, "rss")) != NULL)
		*trace_sample_counter(s, WEIR_C_rss_bytes) = number(text);
	if ((text = argument(argc, argv, "cached")) != NULL) {
		*trace_sample_counter(s, WEIR_C_cached_dirty_bytes) = number(text);
		*trace_sample_counter(s, WEIR_C_resident_bytes) = number(text);
	}
}

static void
change_sites(struct trace_sample *s, int argc, char **argv)
{
	const char *text;

	if ((text = argument(argc, argv, "unattributed")) != NULL)
		*trace_sample_field(s, 0, WEIR_S_live_bytes) = number(text);
	if (argument(argc, argv, "quiet") == NULL)
		return;
	*trace_sample_field(s, STORY_DEPENDENCY, WEIR_S_live_bytes) = 1 << 19;
	*trace_sample_field(s, STORY_PLATEAU, WEIR_S_live_bytes) = 0;
	*trace_sample_field(s, STORY_PLATEAU, WEIR_S_live_count) = 0;
}

static void
make_older(struct trace_sample *s, uint64_t ns)
{
	static const enum weir_trace_part_id rings[] = {
		WEIR_PART_ROWS_GC, WEIR_PART_ROWS_1S, WEIR_PART_ROWS_10S,
		WEIR_PART_ROWS_60S, WEIR_PART_MARKS};
	struct weir_trace_head *h = trace_sample_head(s);

	h->monotonic_ns += ns;
	for (size_t i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		const struct weir_trace_part *p = &h->parts[rings[i]];
		char *row = trace_sample_part(s, rings[i]);

		for (uint64_t k = 0; k < p->used && k < p->capacity; k++)
			((struct weir_trace_row *)(void *)(row + k * p->record_bytes))
				->monotonic_ns += ns;
	}
	for (uint32_t site = 1; site < STORY_SITES; site++)
		*trace_sample_field(s, site, WEIR_S_last_ns) += ns;
}

int
main(int argc, char **argv)
{
	struct trace_sample *s = trace_sample_new();
	const char *root, *cut, *older;
	const void *bytes;
	size_t n;
	int fd;

	if (argc < 2)
		return 2;
	root = argument(argc, argv, "root");
	trace_sample_story_in(s, root != NULL ? root : "/app");
	change_header(s, argc, argv);
	change_trace(s, argc, argv);
	change_sites(s, argc, argv);
	bytes = trace_sample_bytes(s, &n);
	older = argument(argc, argv, "older");
	if (older != NULL)
		make_older(s, number(older) * 1000000000);
	cut = argument(argc, argv, "cut");
	if (cut != NULL && number(cut) < n)
		n = number(cut);
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd) != 0) {
		perror(argv[1]);
		return 1;
	}
	trace_sample_free(s);
	return 0;
}
