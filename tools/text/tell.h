/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages for the person at the terminal, all on standard error, each one line that begins
 * with "weir: ". Names in a message may come from a hostile file: what could steer a
 * terminal is escaped here, so callers need not.
 */
#ifndef TOOLS_TELL_H
#define TOOLS_TELL_H

#include <stdarg.h>

void tell_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_verror(const char *prefix, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
void tell_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));

void tell_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Out of memory in the command itself: says so and exits 1. */
void tell_no_memory(void) __attribute__((noreturn));

#endif
