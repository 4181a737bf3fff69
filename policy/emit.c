/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text into a buffer of fixed size, see emit.h. Called by the options for help and print, in
 * a process that weir is preloaded into: must never allocate, and never write past `size`.
 */
#include "policy/emit.h"

void
emit_char(struct emit *out, char c)
{
	if (out->len < out->size)
		out->buf[out->len] = c;
	out->len++;
}

void
emit_text(struct emit *out, const char *words)
{
	while (*words != '\0')
		emit_char(out, *words++);
}

void
emit_number(struct emit *out, uint64_t n)
{
	char digits[20];
	size_t i = 0;

	do
		digits[i++] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	while (i > 0)
		emit_char(out, digits[--i]);
}

void
emit_size(struct emit *out, uint64_t bytes)
{
	static const char units[] = "KMGT";
	static const char quarters[4][4] = {"", ".25", ".5", ".75"};

	for (unsigned i = sizeof(units) - 1; i > 0; i--) {
		unsigned shift = 10 * i;
		uint64_t quarter = 1ull << (shift - 2);

		if (bytes < 4 * quarter || bytes % quarter != 0)
			continue;
		emit_number(out, bytes >> shift);
		emit_text(out, quarters[bytes / quarter % 4]);
		emit_char(out, units[i - 1]);
		return;
	}
	emit_number(out, bytes);
}

size_t
emit_end(struct emit *out)
{
	if (out->size > 0)
		out->buf[out->len < out->size ? out->len : out->size - 1] = '\0';
	return out->len;
}
