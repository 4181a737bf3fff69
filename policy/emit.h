/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes text, numbers and sizes into a buffer of fixed size, without stdio. For options.c and for
 * the shim, which show values from inside a process that weir is preloaded into.
 */
#ifndef POLICY_EMIT_H
#define POLICY_EMIT_H

#include <stddef.h>
#include <stdint.h>

/* Output cut to `size`, while `len` goes on counting what it would have needed. */
struct emit {
	char *buf;
	size_t size;
	size_t len;
};

void emit_char(struct emit *out, char c);
void emit_text(struct emit *out, const char *words);
void emit_number(struct emit *out, uint64_t n);

/* The shortest exact form with at most two decimals: "1.25M", "128K", "8193". */
void emit_size(struct emit *out, uint64_t bytes);

/*
 * Terminates the output, over its last character if it filled the buffer, and returns the
 * length it needed.
 */
size_t emit_end(struct emit *out);

#endif
