# SPDX-License-Identifier: Apache-2.0
# Built for the shim; unit tests link with it too.
noinst_LTLIBRARIES += libtrace.la
libtrace_la_CFLAGS = $(AM_CFLAGS) -ftls-model=initial-exec
libtrace_la_SOURCES = \
	%D%/capture.h \
	%D%/intern.c %D%/intern.h \
	%D%/publish.h \
	%D%/rows.h \
	%D%/sites.h \
	%D%/symtab.c %D%/symtab.h \
	%D%/tables.c %D%/tables.h \
	%D%/walk.h
