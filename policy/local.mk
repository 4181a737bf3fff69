# SPDX-License-Identifier: Apache-2.0
noinst_LTLIBRARIES += libpolicy.la
libpolicy_la_SOURCES = \
	%D%/grades.c %D%/grades.h \
	%D%/options.c %D%/options.def %D%/options.h \
	%D%/purge.c %D%/purge.h \
	%D%/route.c %D%/route.h
