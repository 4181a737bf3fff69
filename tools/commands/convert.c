/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of `weir encode` and `weir decode`: read a piece, convert it, write it, and on a
 * terminal say now and then how far it is.
 */
#include "tools/commands/convert.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tools/text/monotonic.h"
#include "tools/text/show.h"
#include "tools/text/tell.h"

/* A piece and what it becomes stay in the second-level cache. */
#define PIECE ((size_t)192 << 10)

/* Progress: first after so long, then so often. */
#define FIRST_NS 1000000000
#define AGAIN_NS 200000000

struct job {
	const struct convert *c;
	const char *name; /* of the input, for messages */
	int in;
	char *piece, *converted, *lined;
	size_t converted_max, lined_max;
	struct weir_stream stream;
	struct weir_lines lines;
	uint64_t taken, size; /* bytes; size is 0 if it is not known */
	int64_t next_ns;
	bool progress, shown;
};

static const char *const codec_names[] = {"hex",   "base64", "base64url", "latin1",
					  "ascii", "utf8",   "utf16le"};
static const char *const dialect_names[] = {"node", "rfc4648", "whatwg", "mime"};

static int
index_of(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

bool
convert_codec(const char *name, enum weir_codec *codec)
{
	int i = index_of(codec_names, WEIR_UTF16LE + 1, name);

	*codec = (enum weir_codec)i;
	return i >= 0;
}

bool
convert_dialect(const char *name, enum weir_dialect *dialect)
{
	int i = index_of(dialect_names, WEIR_MIME + 1, name);

	*dialect = (enum weir_dialect)i;
	return i >= 0;
}

static void
show_progress(struct job *j)
{
	char bytes[SHOW_VALUE], part[SHOW_VALUE];

	if (!j->progress || monotonic_ns() < j->next_ns)
		return;
	show_bytes(bytes, j->taken);
	fprintf(stderr, "\r\033[K%s: %s", j->c->decode ? "decoded" : "encoded", bytes);
	if (j->size > 0)
		fprintf(stderr, ", %s", show_percent(part, j->taken, j->size));
	j->shown = true;
	j->next_ns = monotonic_ns() + AGAIN_NS;
}

static void
end_progress(struct job *j)
{
	if (j->shown)
		fputs("\r\033[K", stderr);
	j->shown = false;
}

static int
put(struct job *j, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t done = write(STDOUT_FILENO, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			end_progress(j);
			tell_error("cannot write to standard output: %s",
				   strerror(errno));
			return -1;
		}
		bytes += done;
		n -= (size_t)done;
	}
	return 0;
}

static int
put_converted(struct job *j, size_t n)
{
	struct weir_result r;

	if (j->lines.columns == 0)
		return put(j, j->converted, n);
	r = weir_lines_update(&j->lines, j->lined, j->lined_max, j->converted, n);
	return put(j, j->lined, r.written);
}

/* What is wrong with the text, and where. */
static void
tell_where(struct job *j, const struct weir_result *r, size_t n)
{
	const char *codec = codec_names[j->c->codec];
	uint64_t at = r->error_at, from = j->taken - n;
	unsigned char byte =
		at >= from && at - from < n ? (unsigned char)j->piece[at - from] : 0;
	char text[8];

	end_progress(j);
	if (byte > 0x20 && byte < 0x7f)
		snprintf(text, sizeof(text), "\"%c\"", byte);
	else
		snprintf(text, sizeof(text), "0x%02x", byte);
	if (r->status == WEIR_INVALID)
		tell_error("%s: offset %" PRIu64 ": %s does not belong in %s text (%s)",
			   j->name, at, text, codec, dialect_names[j->c->dialect]);
	else if (r->status == WEIR_TRUNCATED)
		tell_error("%s: offset %" PRIu64
			   ": the %s text ends in the middle of a group (%s)",
			   j->name, at, codec, dialect_names[j->c->dialect]);
	else
		tell_error("%s: offset %" PRIu64
			   ": the last character has bits that mean nothing "
			   "(%s)",
			   j->name, at, dialect_names[j->c->dialect]);
}

/* One piece, or the end with n 0. */
static int
convert_piece(struct job *j, size_t n, bool last)
{
	struct weir_stream *s = &j->stream;
	struct weir_result r;

	if (j->c->decode)
		r = last ? weir_decode_final(s, j->converted, j->converted_max)
			 : weir_decode_update(s, j->converted, j->converted_max, j->piece,
					      n);
	else
		r = last ? weir_encode_final(s, j->converted, j->converted_max)
			 : weir_encode_update(s, j->converted, j->converted_max, j->piece,
					      n);
	if (put_converted(j, r.written) != 0)
		return -1;
	if (r.status == WEIR_OK)
		return 0;
	tell_where(j, &r, n);
	return -1;
}

static int
convert_all(struct job *j)
{
	for (;;) {
		ssize_t n = read(j->in, j->piece, PIECE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			end_progress(j);
			tell_error("cannot read %s: %s", j->name, strerror(errno));
			return -1;
		}
		j->taken += (uint64_t)n;
		if (convert_piece(j, (size_t)n, n == 0) != 0)
			return -1;
		if (n == 0)
			break;
		show_progress(j);
	}
	end_progress(j);
	return put(j, j->lined,
		   weir_lines_final(&j->lines, j->lined, j->lined_max).written);
}

static void
allocate(struct job *j)
{
	const size_t room = WEIR_STREAM_ROOM;

	j->converted_max = (j->c->decode ? weir_decoded_max(j->c->codec, PIECE)
					 : weir_encoded_size(j->c->codec, PIECE)) +
			   room;
	j->lined_max = weir_lines_size(&j->lines, j->converted_max) + room;
	j->piece = malloc(PIECE);
	j->converted = malloc(j->converted_max);
	j->lined = malloc(j->lined_max);
	if (j->piece == NULL || j->converted == NULL || j->lined == NULL)
		tell_no_memory();
}

static int
open_input(struct job *j)
{
	struct stat st;

	if (j->c->file == NULL || strcmp(j->c->file, "-") == 0) {
		j->name = "standard input";
		j->in = STDIN_FILENO;
	} else {
		j->name = j->c->file;
		j->in = open(j->name, O_RDONLY | O_CLOEXEC);
		if (j->in < 0) {
			tell_error("cannot open %s: %s", j->name, strerror(errno));
			return -1;
		}
	}
	if (fstat(j->in, &st) == 0 && S_ISREG(st.st_mode))
		j->size = (uint64_t)st.st_size;
	posix_fadvise(j->in, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

int
convert_run(const struct convert *c)
{
	struct job j = {.c = c, .lines = {c->columns, "\n", 0, 0}};
	int rc;

	if (open_input(&j) != 0)
		return -1;
	allocate(&j);
	j.progress = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
	j.next_ns = monotonic_ns() + FIRST_NS;
	if (c->decode)
		weir_decode_init(&j.stream, c->codec, c->dialect);
	else
		weir_encode_init(&j.stream, c->codec);
	rc = convert_all(&j);
	free(j.piece);
	free(j.converted);
	free(j.lined);
	if (j.in != STDIN_FILENO)
		close(j.in);
	return rc;
}
