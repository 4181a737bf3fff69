/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_sidecar FILE [NAME=VALUE...]: writes the sample sidecar, changed as told, for
 * the tests of the command. A value of the newer slot: large_requests=5, classes.0.gets=7. Others:
 *   pid= start= forked_from= exe= version= endian= word_bytes= header_bytes= slot_bytes=
 *   n_slots= n_sections= magic=      fields of the header
 *   section.K.word_offset= .records= .record_words=
 *   state= unix_ns=                  of both slots; unix_ns=now is the clock
 *   torn=SLOT                        its two numbers differ
 *   empty=1                          never written: all zeros behind the header
 *   cut=BYTES                        the file ends there
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/tools/sidecar_sample.h"

static struct sidecar_sample sample;
static size_t length = sizeof(sample);

static int
set_section(const char *name, uint64_t value)
{
	struct weir_stats_section *sections = sidecar_sample_header(&sample)->sections;
	char field[32];
	unsigned k;

	if (sscanf(name, "section.%u.%31s", &k, field) != 2 || k >= WEIR_STATS_SECTIONS)
		return 0;
	if (strcmp(field, "word_offset") == 0)
		sections[k].word_offset = (uint32_t)value;
	else if (strcmp(field, "records") == 0)
		sections[k].records = (uint32_t)value;
	else if (strcmp(field, "record_words") == 0)
		sections[k].record_words = (uint32_t)value;
	else
		return 0;
	return 1;
}

static int
set_header(const char *name, const char *text, uint64_t value)
{
	struct weir_stats_header *h = sidecar_sample_header(&sample);

#define NUMBER(field)                                                                    \
	if (strcmp(name, #field) == 0) {                                                 \
		h->field = (__typeof__(h->field))value;                                  \
		return 1;                                                                \
	}
	NUMBER(pid)
	NUMBER(forked_from)
	NUMBER(version)
	NUMBER(endian)
	NUMBER(word_bytes)
	NUMBER(header_bytes)
	NUMBER(slot_bytes)
	NUMBER(n_slots)
	NUMBER(n_sections)
	NUMBER(stats_ms)
#undef NUMBER
	if (strcmp(name, "start") == 0)
		h->start_ticks = value;
	else if (strcmp(name, "exe") == 0)
		memcpy(h->exe, text, strnlen(text, sizeof(h->exe) - 1) + 1);
	else if (strcmp(name, "magic") == 0)
		memcpy(h->magic, text, strnlen(text, sizeof(h->magic)));
	else
		return 0;
	return 1;
}

static int
set_slots(const char *name, const char *text, uint64_t value)
{
	struct timespec now;

	if (strcmp(text, "now") == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		value = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	}
	if (strcmp(name, "torn") == 0)
		++*sidecar_sample_seq_end(&sample, (int)value);
	else if (strcmp(name, "cut") == 0)
		length = value;
	else if (strcmp(name, "empty") == 0)
		memset(sidecar_sample_slot(&sample, 0), 0,
		       sizeof(sample) - WEIR_STATS_HEADER_BYTES);
	else if (strcmp(name, "state") == 0)
		sidecar_sample_slot(&sample, 0)->state =
			sidecar_sample_slot(&sample, 1)->state = value;
	else if (strcmp(name, "unix_ns") == 0)
		sidecar_sample_slot(&sample, 0)->unix_ns =
			sidecar_sample_slot(&sample, 1)->unix_ns = value;
	else
		return 0;
	return 1;
}

static int
change(char *arg)
{
	char *text = strchr(arg, '=');
	uint64_t value, *word;

	if (text == NULL)
		return 0;
	*text++ = '\0';
	value = strtoull(text, NULL, 0);
	word = sidecar_sample_named(&sample, arg);
	if (word != NULL) {
		*word = value;
		return 1;
	}
	return set_header(arg, text, value) || set_slots(arg, text, value) ||
	       set_section(arg, value);
}

int
main(int argc, char **argv)
{
	int fd;

	if (argc < 2)
		return 2;
	sidecar_sample_make(&sample);
	for (int i = 2; i < argc; i++) {
		if (!change(argv[i])) {
			fprintf(stderr, "make_sidecar: what is \"%s\"?\n", argv[i]);
			return 2;
		}
	}
	fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || length > sizeof(sample) ||
	    write(fd, &sample, length) != (ssize_t)length || close(fd) != 0) {
		perror(argv[1]);
		return 1;
	}
	return 0;
}
