/* SPDX-License-Identifier: Apache-2.0 */
/* See gauge.h. Called by alloc_*.c and scratch_*.c. */
#include "bench/gauge.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

uint64_t
gauge_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

double
gauge_processor_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

void
gauge_samples_new(struct gauge_samples *samples, size_t room)
{
	samples->n = 0;
	samples->room = room;
	samples->ns = mmap(NULL, room * sizeof(*samples->ns), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (samples->ns == MAP_FAILED) {
		perror("bench: no memory for samples");
		exit(1);
	}
}

void
gauge_samples_release(struct gauge_samples *samples)
{
	munmap(samples->ns, samples->room * sizeof(*samples->ns));
}

void
gauge_add(struct gauge_samples *samples, uint64_t ns)
{
	if (samples->n < samples->room)
		samples->ns[samples->n++] = ns;
}

static int
ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
gauge_spread(struct gauge_row *row, struct gauge_samples *samples, double per)
{
	size_t n = samples->n;

	if (n == 0)
		return;
	qsort(samples->ns, n, sizeof(*samples->ns), ascending);
	row->value = (double)samples->ns[n / 2] / per;
	row->low = (double)samples->ns[n / 10] / per;
	row->p99 = (double)samples->ns[n * 99 / 100] / per;
	row->max = (double)samples->ns[n - 1] / per;
	row->count = (double)n;
}

double
gauge_status_mb(const char *field)
{
	char text[4096];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *at;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return -1;
	text[n] = '\0';
	at = strstr(text, field);
	return at == NULL ? -1 : strtod(at + strlen(field) + 1, NULL) / 1024;
}

void
gauge_reset_peak(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "5", 1) != 1)
		fputs("bench: peaks are those of the whole run\n", stderr);
	close(fd);
}

long
gauge_count_maps(void)
{
	char text[65536];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	long lines = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = read(fd, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			lines += text[i] == '\n';
	}
	close(fd);
	return lines;
}

void
gauge_which(struct gauge_row *row, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(row->which, sizeof(row->which), format, args);
	va_end(args);
}

void
gauge_print(const struct gauge_row *row)
{
	const struct {
		const char *name;
		double value;
	} members[] = {
		{"low", row->low},	   {"p99", row->p99},
		{"max", row->max},	   {"rss_mb", row->rss_mb},
		{"peak_mb", row->peak_mb}, {"kept_mb", row->kept_mb},
		{"maps", row->maps},	   {"count", row->count},
	};

	printf("{\"name\":\"%s\",\"case\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"",
	       row->program, row->which, row->value, row->unit);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (members[i].value >= 0)
			printf(",\"%s\":%.6g", members[i].name, members[i].value);
	}
	puts("}");
	fflush(stdout);
}

void
gauge_skip(const char *program, const char *which, const char *reason)
{
	printf("{\"name\":\"%s\",\"case\":\"%s\",\"skipped\":\"%s\"}\n", program, which,
	       reason);
	fflush(stdout);
}

const char *
gauge_size(size_t bytes, char text[24])
{
	static const struct {
		size_t unit;
		const char *letter;
	} units[] = {{GB, "G"}, {MB, "M"}, {KB, "K"}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (bytes >= units[i].unit && bytes % units[i].unit == 0) {
			snprintf(text, 24, "%zu%s", bytes / units[i].unit,
				 units[i].letter);
			return text;
		}
	}
	snprintf(text, 24, "%zu", bytes);
	return text;
}
