# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libpolicy.a
libpolicy_a_SOURCES = \
	%D%/account.c %D%/account.h \
	%D%/aging.c %D%/aging.h \
	%D%/backing.c %D%/backing.h \
	%D%/beat.c %D%/beat.h \
	%D%/burst_bound.c %D%/burst_bound.h \
	%D%/call_filter.c %D%/call_filter.h \
	%D%/collecting.c %D%/collecting.h \
	%D%/emit.c %D%/emit.h \
	%D%/grades.c %D%/grades.h \
	%D%/looks.c %D%/looks.h \
	%D%/mapping.c %D%/mapping.h \
	%D%/option_value.c %D%/option_value.h \
	%D%/options.c %D%/options.def %D%/options.h \
	%D%/profile.c %D%/profile.h \
	%D%/purge.c %D%/purge.h \
	%D%/hoard.c %D%/hoard.h \
	%D%/rest.c %D%/rest.h \
	%D%/route.c %D%/route.h \
	%D%/sampling.c %D%/sampling.h \
	%D%/token.c %D%/token.h \
	%D%/zero.c %D%/zero.h
