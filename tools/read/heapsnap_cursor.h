/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a stretch of a heap snapshot's file from front to back. Within read/ only.
 */
#ifndef TOOLS_HEAPSNAP_CURSOR_H
#define TOOLS_HEAPSNAP_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/read/heapsnap.h"

struct heapsnap_cursor {
	int fd;
	uint64_t at, end;	      /* of the file: the next byte to read, the last */
	unsigned char *buf;	      /* owned */
	const unsigned char *p, *lim; /* what is read and not used */
	int error;		      /* 0, -EBADMSG for what is no number, of reading */
};

/* 0 or -ENOMEM; heapsnap_cursor_end in any case. */
int heapsnap_cursor_begin(struct heapsnap_cursor *c, int fd, struct heapsnap_section s);
void heapsnap_cursor_end(struct heapsnap_cursor *c);

/* More bytes behind those that are there; false at the end or on an error. */
bool heapsnap_cursor_more(struct heapsnap_cursor *c);

/* Where in the file the next byte is. */
uint64_t heapsnap_cursor_tell(const struct heapsnap_cursor *c);

bool heapsnap_cursor_number_slow(struct heapsnap_cursor *c, uint64_t *value);

/* The next number of an array; false at its end, or with an error. */
static inline bool
heapsnap_cursor_number(struct heapsnap_cursor *c, uint64_t *value)
{
	const unsigned char *p = c->p;

	/* The usual case: all of it lies in the buffer, behind a comma, of a new line perhaps. */
	if (c->lim - p >= 32 && (*p == ',' || (*p == '\n' && *++p == ',')) &&
	    (unsigned char)(p[1] - '0') <= 9) {
		const unsigned char *most = p + 18;
		uint64_t v = 0;
		unsigned d;

		for (p++; (d = (unsigned char)(*p - '0')) <= 9 && p < most; p++)
			v = v * 10 + d;
		if (p < most) {
			c->p = p;
			*value = v;
			return true;
		}
	}
	return heapsnap_cursor_number_slow(c, value);
}

/*
 * The next string of an array, into `text` of HEAPSNAP_NAME bytes, cut, as UTF-8; its bytes in all. False at the end
 * of the array, or with an error.
 */
bool heapsnap_cursor_string(struct heapsnap_cursor *c, char *text, uint64_t *bytes);

#endif
