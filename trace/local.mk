# SPDX-License-Identifier: Apache-2.0
# Built for the shim; unit tests link with it too.
noinst_LTLIBRARIES += libtrace.la
libtrace_la_SOURCES = \
	%D%/intern.h \
	%D%/sites.h \
	%D%/walk.h
