# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libpool.a
libpool_a_SOURCES = \
	%D%/begin.c \
	%D%/class_of.h \
	%D%/extent.c \
	%D%/find.c \
	%D%/freeze.c \
	%D%/heap.c %D%/heap.h %D%/heap_private.h \
	%D%/heap_gather.c \
	%D%/heap_partly.c \
	%D%/heap_usable.c \
	%D%/heap_system.c \
	%D%/index.c %D%/index.h \
	%D%/limited.c \
	%D%/late.c \
	%D%/lock.c %D%/lock.h \
	%D%/old_libc.h \
	%D%/magazine.c %D%/magazine.h \
	%D%/move.c \
	%D%/origin.c %D%/origin.h \
	%D%/pages.c %D%/pages.h %D%/pages_private.h %D%/pages_move.c %D%/pages_tune.c %D%/pages_allowed.c \
	%D%/pages_watch.c %D%/pages_seam.c \
	%D%/pool.c %D%/pool.h %D%/pool_private.h %D%/pool_stats.h \
	%D%/records.c %D%/records.h \
	%D%/region.c %D%/region.h \
	%D%/scratch_pool.c %D%/scratch_pool.h %D%/scratch_quick.h \
	%D%/span.h \
	%D%/stock.c \
	%D%/sys.h \
	%D%/tick.c
