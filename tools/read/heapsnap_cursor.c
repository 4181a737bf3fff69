/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers and strings of JSON, out of a buffer that is filled anew as it empties. Called by the passes.
 */
#include "tools/read/heapsnap_cursor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER	   (256u << 10)
#define MAX_DIGITS 19

int
heapsnap_cursor_begin(struct heapsnap_cursor *c, int fd, struct heapsnap_section s)
{
	*c = (struct heapsnap_cursor){.fd = fd, .at = s.begin, .end = s.end};
	c->buf = malloc(BUFFER);
	c->p = c->lim = c->buf;
	c->error = c->buf != NULL ? 0 : -ENOMEM;
	return c->error;
}

void
heapsnap_cursor_end(struct heapsnap_cursor *c)
{
	free(c->buf);
	c->buf = NULL;
}

bool
heapsnap_cursor_more(struct heapsnap_cursor *c)
{
	size_t left = (size_t)(c->lim - c->p), want;
	ssize_t n;

	if (c->error != 0 || c->at >= c->end || left >= BUFFER / 2)
		return false;
	memmove(c->buf, c->p, left);
	want = c->end - c->at < BUFFER - left ? (size_t)(c->end - c->at) : BUFFER - left;
	do {
		n = pread(c->fd, c->buf + left, want, (off_t)c->at);
	} while (n < 0 && errno == EINTR);
	c->p = c->buf;
	c->lim = c->buf + left + (n > 0 ? n : 0);
	if (n <= 0) { /* shorter than it was when it was opened */
		c->error = n < 0 ? -errno : -EBADMSG;
		return false;
	}
	c->at += (uint64_t)n;
	return true;
}

uint64_t
heapsnap_cursor_tell(const struct heapsnap_cursor *c)
{
	return c->at - (uint64_t)(c->lim - c->p);
}

/* The next byte without taking it, or -1. */
static int
peek(struct heapsnap_cursor *c)
{
	if (c->p == c->lim && !heapsnap_cursor_more(c))
		return -1;
	return *c->p;
}

static bool
is_blank(int b)
{
	return b == ' ' || b == '\n' || b == '\r' || b == '\t';
}

/* Over blanks and at most one comma, to the next value. */
static int
peek_value(struct heapsnap_cursor *c)
{
	bool comma = false;
	int b;

	while (is_blank(b = peek(c)) || (b == ',' && !comma)) {
		comma |= b == ',';
		c->p++;
	}
	return b;
}

bool
heapsnap_cursor_number_slow(struct heapsnap_cursor *c, uint64_t *value)
{
	int b = peek_value(c), digits = 0;
	uint64_t v = 0;

	if (b == ']' || b == -1)
		return false;
	for (; b >= '0' && b <= '9'; b = peek(c)) {
		if (++digits > MAX_DIGITS)
			break;
		v = v * 10 + (uint64_t)(b - '0');
		c->p++;
	}
	if (digits == 0 || (b != ',' && b != ']' && b != -1 && !is_blank(b)))
		c->error = c->error != 0 ? c->error : -EBADMSG;
	/* In reach for the quick way: a comma, and all of a number. */
	if (c->lim - c->p < 64)
		heapsnap_cursor_more(c);
	*value = v;
	return c->error == 0;
}

struct out {
	char *text;
	size_t n;
	uint64_t bytes;
};

static void
put_code(struct out *o, uint32_t code)
{
	char u[4];
	size_t n;

	if (code < 0x80) {
		u[0] = (char)code;
		n = 1;
	} else if (code < 0x800) {
		u[0] = (char)(0xc0 | code >> 6);
		u[1] = (char)(0x80 | (code & 63));
		n = 2;
	} else {
		u[0] = (char)(0xe0 | code >> 12);
		u[1] = (char)(0x80 | (code >> 6 & 63));
		u[2] = (char)(0x80 | (code & 63));
		n = 3;
	}
	o->bytes += n;
	if (code != 0 && o->n + n < HEAPSNAP_NAME) {
		memcpy(o->text + o->n, u, n);
		o->n += n;
	}
}

static int
hex(int b)
{
	return b >= '0' && b <= '9'   ? b - '0'
	       : b >= 'a' && b <= 'f' ? b - 'a' + 10
	       : b >= 'A' && b <= 'F' ? b - 'A' + 10
				      : -1;
}

/* What follows a backslash. Halves of a surrogate pair stay what they are: they are shown as bytes. */
static bool
take_escape(struct heapsnap_cursor *c, struct out *o)
{
	static const char from[] = "bfnrt\"\\/", to[] = "\b\f\n\r\t\"\\/";
	int b = peek(c);
	const char *at = b > 0 ? strchr(from, b) : NULL;

	if (b == -1)
		return false;
	c->p++;
	if (at != NULL) {
		put_code(o, (unsigned char)to[at - from]);
		return true;
	}
	uint32_t code = 0;
	for (int i = 0; b == 'u' && i < 4; i++) {
		int digit = hex(peek(c));

		if (digit < 0)
			return false;
		code = code << 4 | (uint32_t)digit;
		c->p++;
	}
	put_code(o, code);
	return b == 'u';
}

bool
heapsnap_cursor_string(struct heapsnap_cursor *c, char *text, uint64_t *bytes)
{
	struct out o = {.text = text};
	bool fine = true;
	int b = peek_value(c);

	if (b == ']')
		return false;
	if (b != '"') {
		c->error = c->error != 0 ? c->error : -EBADMSG;
		return false;
	}
	c->p++;
	while (fine && (b = peek(c)) != '"' && b != -1) {
		c->p++;
		if (b == '\\') {
			fine = take_escape(c, &o);
		} else {
			o.bytes++;
			if (o.n + 1 < HEAPSNAP_NAME && b != 0)
				text[o.n++] = (char)b;
		}
	}
	if (!fine || b != '"') {
		c->error = c->error != 0 ? c->error : -EBADMSG;
		return false;
	}
	c->p++;
	text[o.n] = '\0';
	*bytes = o.bytes;
	return true;
}
