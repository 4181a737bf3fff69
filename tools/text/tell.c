/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place that writes to standard error. Called by every subcommand; never writes to
 * standard output, never exits except for lack of memory.
 */
#include "tools/text/tell.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/text/show.h"

void
tell_verror(const char *prefix, const char *format, va_list ap)
{
	char raw[2048], clean[4 * sizeof(raw)];

	vsnprintf(raw, sizeof(raw), format, ap);
	show_clean(clean, sizeof(clean), raw);
	fflush(stdout);
	fprintf(stderr, "weir: %s%s\n", prefix, clean);
}

void
tell_error(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	tell_verror("", format, ap);
	va_end(ap);
}

void
tell_warning(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	tell_verror("warning: ", format, ap);
	va_end(ap);
}

void
tell_note(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	tell_verror("note: ", format, ap);
	va_end(ap);
}

void
tell_no_memory(void)
{
	fputs("weir: out of memory\n", stderr);
	exit(1);
}
