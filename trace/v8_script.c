/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts: their name, and lines by counting them in the source, since V8 makes its own table of
 * them only when somebody asks for a stack trace. What was counted is remembered every 4 K
 * characters, so that a large bundle is not read from its start each time.
 */
#include "trace/v8_private.h"

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

void
v8_script_name(const struct v8_reader *r, uint64_t script, struct v8_place *to)
{
	uint64_t name = v8_field(r, script, r->layout->script_name);

	if (!v8_is_string(r, name) || v8_string(r, name, to->file, sizeof(to->file)) != 0)
		to->file[0] = '\0';
	to->runtime = strncmp(to->file, "node:", 5) == 0;
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

/* The index of the next \n of n characters, from the k-th on; n if there is none. */
static uint32_t
next_line(const uint8_t *bytes, uint32_t k, uint32_t n, unsigned width)
{
	if (width == 1) {
		const uint8_t *found = memchr(bytes + k, '\n', n - k);

		return found != NULL ? (uint32_t)(found - bytes) : n;
	}
	while (k < n && (bytes[2 * k] != '\n' || bytes[2 * k + 1] != 0))
		k++;
	return k;
}

/* Counts from a mark to `end`. A lone \r is no end of a line here. */
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
		for (uint32_t k = 0; (k = next_line(bytes, k, n, s->width)) < n; k++) {
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
	*column = (uint32_t)position - m.line_start + 1;
	*line = m.line + 1;
	/* Part of a larger text, as vm.Script's lineOffset has it. */
	if (v8_is_smi(first_line) && v8_smi(first_line) > 0)
		*line += (uint32_t)v8_smi(first_line);
	if (m.line == 0 && v8_is_smi(first_column) && v8_smi(first_column) > 0)
		*column += (uint32_t)v8_smi(first_column);
	return 0;
}
