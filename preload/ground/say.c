/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting a line together and writing it in one call, so that lines of threads do not mix.
 */
#include "preload/ground/say.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "policy/emit.h"
#include "pool/sys.h"

void
line_bytes(struct line *l, const char *text, size_t n)
{
	size_t room = sizeof(l->text) - 1 - l->n; /* the last byte is for the newline */

	if (n > room)
		n = room;
	memcpy(l->text + l->n, text, n);
	l->n += n;
}

void
line_text(struct line *l, const char *text)
{
	line_bytes(l, text, strlen(text));
}

void
line_number(struct line *l, uint64_t n)
{
	char digits[20];
	struct emit out = {digits, sizeof(digits), 0};

	emit_number(&out, n);
	line_bytes(l, digits, out.len);
}

void
line_pointer(struct line *l, const void *p)
{
	uintptr_t n = (uintptr_t)p;
	char digits[2 * sizeof(n)];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[n % 16];
		n /= 16;
	} while (n != 0);
	line_text(l, "0x");
	line_bytes(l, digits + at, sizeof(digits) - at);
}

void
line_begin(struct line *l)
{
	l->n = 0;
	line_text(l, "weir[");
	line_number(l, (uint64_t)getpid());
	line_text(l, "]: ");
}

void
line_end(struct line *l)
{
	int saved_errno = errno;

	l->text[l->n++] = '\n';
	for (size_t done = 0; done < l->n;) {
		ssize_t n = weir_sys_write(STDERR_FILENO, l->text + done, l->n - done);

		if (n > 0)
			done += (size_t)n;
		else if (n != -EINTR)
			break;
	}
	errno = saved_errno;
}
