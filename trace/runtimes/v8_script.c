/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts: their name, and lines by counting them in the source, since V8 makes its own table of
 * them only when somebody asks for a stack trace. What was counted is remembered every 4 K
 * characters, so that a large bundle is not read from its start each time.
 */
#include "trace/runtimes/v8_private.h"

#include <errno.h>
#include <string.h>

#define FIELD_LINE_OFFSET   24
#define FIELD_COLUMN_OFFSET 32
#define CHUNK		    4096 /* characters */
#define MARKS		    1024
#define MAX_SOURCE	    (256 << 20)

/* Lines and the start of the last one, at the start of chunk `chunk` of that script. */
struct mark {
	uint64_t source;   /* address of the characters, */
	uint64_t identity; /* id and length: addresses are used again */
	uint32_t chunk, line, line_start;
};
static struct mark marks[MARKS]; /* under the lock of whoever decodes */

static struct mark *
mark_of(uint64_t source, uint32_t chunk)
{
	return &marks[(source / 64 + chunk * 7) % MARKS];
}

void
v8_script_forget(void)
{
	memset(marks, 0, sizeof(marks));
}

/* Script: four more words after `id` in V8 10, five from 11 on (objects/script.tq). */
static int32_t
source_url(const struct v8_layout *l)
{
	return l->script_line_ends + (l->major < 11 ? 48 : 56);
}

void
v8_script_name(const struct v8_reader *r, uint64_t script, struct v8_place *to)
{
	uint64_t name = v8_field(r, script, source_url(r->layout));

	/* As in V8's own stack traces, what a `sourceURL` in the text says comes first. */
	if (!v8_has_text(r, name))
		name = v8_field(r, script, r->layout->script_name);
	if (!v8_is_string(r, name) || v8_string(r, name, to->file, sizeof(to->file)) != 0)
		to->file[0] = '\0';
	to->runtime = strncmp(to->file, "node:", 5) == 0;
	/* The next field names the map. Not needed to name a line: what cannot be read is none. */
	bool failed = r->memory->failed;
	to->mapped = !to->runtime &&
		     v8_has_text(r, v8_field(r, script, source_url(r->layout) + 8)) &&
		     !r->memory->failed;
	r->memory->failed = failed;
}

struct source {
	uint64_t at, identity;
	uint32_t n;
	unsigned width;
};

/* The next blocks of a text, in one read. */
static void
read_on(const struct v8_reader *r, uint64_t at, uint64_t bytes)
{
	uint64_t blocks[9];
	size_t n = 0;

	for (; n < 9 && n * CHECKED_BLOCK < bytes; n++)
		blocks[n] = at + n * CHECKED_BLOCK;
	checked_expect(r->memory, blocks, n);
}

static unsigned
character(const uint8_t *bytes, uint32_t k, unsigned width)
{
	return width == 1 ? bytes[k] : bytes[2 * k] | (unsigned)bytes[2 * k + 1] << 8;
}

/* The index of the next character of n, from the k-th on, that may end a line; n if there is none. */
static uint32_t
next_end(const uint8_t *bytes, uint32_t k, uint32_t n, unsigned width)
{
	unsigned c;

	if (width == 1) {
		const uint8_t *end = memchr(bytes + k, '\n', n - k);
		uint32_t found = end != NULL ? (uint32_t)(end - bytes) : n;

		end = memchr(bytes + k, '\r', found - k);
		return end != NULL ? (uint32_t)(end - bytes) : found;
	}
	for (; k < n; k++)
		if ((c = character(bytes, k, width)) == '\n' || c == '\r' ||
		    c == 0x2028 || c == 0x2029)
			break;
	return k;
}

/* Before \n, \r is half of an end. */
static bool
ends_line(const struct v8_reader *r, const struct source *s, unsigned c, uint32_t at)
{
	uint8_t next[2] = {0, 0};

	if (c != '\r' || at + 1 == s->n)
		return true;
	checked_read(r->memory, s->at + (uint64_t)(at + 1) * s->width, next, s->width);
	return next[0] != '\n' || next[1] != 0;
}

/* Counts from a mark to `end`. */
static void
count(const struct v8_reader *r, const struct source *s, struct mark *m, uint32_t end)
{
	uint8_t bytes[CHECKED_BLOCK];
	uint32_t step = CHECKED_BLOCK / s->width;

	for (uint32_t i = m->chunk * CHUNK; i < end && !r->memory->failed;) {
		uint32_t n = end - i < step ? end - i : step;

		if (i % (8 * step) == 0)
			read_on(r, s->at + (uint64_t)i * s->width,
				(uint64_t)(end - i) * s->width);
		checked_read(r->memory, s->at + (uint64_t)i * s->width, bytes,
			     n * s->width);
		for (uint32_t k = 0; (k = next_end(bytes, k, n, s->width)) < n; k++) {
			if (!ends_line(r, s, character(bytes, k, s->width), i + k))
				continue;
			m->line++;
			m->line_start = i + k + 1;
		}
		i += n;
	}
}

static struct mark
nearest(const struct source *s, uint32_t position)
{
	for (uint32_t chunk = position / CHUNK; chunk > 0; chunk--) {
		const struct mark *m = mark_of(s->at, chunk);

		if (m->source == s->at && m->identity == s->identity && m->chunk == chunk)
			return *m;
	}
	return (struct mark){.source = s->at, .identity = s->identity};
}

static int32_t
offset_of(uint64_t word)
{
	return v8_is_smi(word) ? v8_smi(word) : 0;
}

int
v8_script_line(const struct v8_reader *r, uint64_t script, int32_t position,
	       uint32_t *line, uint32_t *column)
{
	struct source s = {0};
	uint64_t text = v8_field(r, script, r->layout->script_source);
	uint64_t id = v8_field(r, script, r->layout->script_line_ends + 8);
	uint64_t first_line = v8_field(r, script, FIELD_LINE_OFFSET);
	uint64_t first_column = v8_field(r, script, FIELD_COLUMN_OFFSET);

	s.at = v8_characters(r, text, &s.n, &s.width);
	if (s.width == 0 || position < 0 || (uint32_t)position > s.n || s.n > MAX_SOURCE)
		return -EFAULT;
	s.identity = id | s.n;
	struct mark m = nearest(&s, (uint32_t)position);
	while (m.chunk < (uint32_t)position / CHUNK) {
		count(r, &s, &m, (m.chunk + 1) * CHUNK);
		if (r->memory->failed)
			return -EFAULT;
		m.chunk++;
		*mark_of(s.at, m.chunk) = m;
	}
	count(r, &s, &m, (uint32_t)position);
	if (r->memory->failed)
		return -EFAULT;
	/* Part of a larger text, as vm.Script's lineOffset has it; one below zero leaves out lines that a tool put before. */
	int64_t at_line = (int64_t)m.line + 1 + offset_of(first_line);
	int64_t at_column = (int64_t)position - m.line_start + 1 +
			    (m.line == 0 ? offset_of(first_column) : 0);
	if (at_line <= 0 || at_line > INT32_MAX)
		return -ENOENT;
	*line = (uint32_t)at_line;
	*column = at_column > 0 ? (uint32_t)at_column : 0;
	return 0;
}
