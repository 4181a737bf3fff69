/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The JSON writer. Called by the --json printers; never checks that keys are unique or
 * brackets match: that is the caller's, and the tests parse every output.
 */
#include "tools/text/json.h"

#include <inttypes.h>
#include <string.h>

#include "tools/text/show.h"

static void
write_string(FILE *out, const char *value)
{
	const unsigned char *s = (const unsigned char *)value;
	size_t n = strlen(value);

	fputc('"', out);
	while (n > 0) {
		uint32_t c = 0;
		size_t len = show_utf8(s, n, &c);

		if (len == 0) {
			fputs("\\ufffd", out);
			len = 1;
		} else if (c == '"' || c == '\\') {
			fprintf(out, "\\%c", (int)c);
		} else if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0)) {
			fprintf(out, "\\u%04x", c);
		} else {
			fwrite(s, 1, len, out);
		}
		s += len;
		n -= len;
	}
	fputc('"', out);
}

/* What stands before any value: comma, line, key. */
static void
begin_value(struct json *j, const char *key)
{
	if (j->depth > 0) {
		fputs(j->first ? "\n" : ",\n", j->out);
		fprintf(j->out, "%*s", 2 * j->depth, "");
	}
	j->first = false;
	if (key != NULL) {
		write_string(j->out, key);
		fputs(": ", j->out);
	}
}

void
json_begin(struct json *j, FILE *out)
{
	*j = (struct json){.out = out, .first = true};
}

void
json_end(struct json *j)
{
	fputc('\n', j->out);
}

void
json_open(struct json *j, const char *key, char bracket)
{
	begin_value(j, key);
	fputc(bracket, j->out);
	j->depth++;
	j->first = true;
}

void
json_close(struct json *j, char bracket)
{
	j->depth--;
	if (!j->first)
		fprintf(j->out, "\n%*s", 2 * j->depth, "");
	fputc(bracket, j->out);
	j->first = false;
}

void
json_u64(struct json *j, const char *key, uint64_t value)
{
	begin_value(j, key);
	fprintf(j->out, "%" PRIu64, value);
}

void
json_i64(struct json *j, const char *key, int64_t value)
{
	begin_value(j, key);
	fprintf(j->out, "%" PRId64, value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	fputs(value ? "true" : "false", j->out);
}

void
json_null(struct json *j, const char *key)
{
	begin_value(j, key);
	fputs("null", j->out);
}

void
json_ratio(struct json *j, const char *key, uint64_t part, uint64_t whole)
{
	if (whole == 0) {
		json_null(j, key);
		return;
	}
	begin_value(j, key);
	fprintf(j->out, "%.6f", (double)part / (double)whole);
}

/* By hand, since printf's point is the locale's. */
void
json_number(struct json *j, const char *key, double value)
{
	int64_t thousandths;

	if (!(value > -1e15 && value < 1e15)) {
		json_null(j, key);
		return;
	}
	begin_value(j, key);
	thousandths = (int64_t)(value * 1000 + (value < 0 ? -0.5 : 0.5));
	fprintf(j->out, "%s%" PRIu64 ".%03u", thousandths < 0 ? "-" : "",
		(uint64_t)(thousandths < 0 ? -thousandths : thousandths) / 1000,
		(unsigned)((thousandths < 0 ? -thousandths : thousandths) % 1000));
}

void
json_seconds(struct json *j, const char *key, uint64_t ns)
{
	begin_value(j, key);
	fprintf(j->out, "%" PRIu64 ".%03u", ns / 1000000000,
		(unsigned)(ns / 1000000 % 1000));
}

void
json_string(struct json *j, const char *key, const char *value)
{
	if (value == NULL) {
		json_null(j, key);
		return;
	}
	begin_value(j, key);
	write_string(j->out, value);
}
