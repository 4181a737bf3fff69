# SPDX-License-Identifier: Apache-2.0
# What `weir attach` loads into a process: trace/, the shim's writer of the sidecar, and nothing that serves.
if BUILD_SHIM
shimexec_PROGRAMS += libweir_attach.so
endif

libweir_attach_so_SOURCES = \
	%D%/begin_observing.c \
	%D%/blocks.c %D%/blocks.h \
	%D%/hooks.c %D%/hooks.h \
	%D%/image.c %D%/image.h \
	%D%/loaded.c %D%/loaded.h \
	%D%/mappings.c %D%/mappings.h \
	%D%/observed.def \
	%D%/originals.c %D%/originals.h \
	%D%/slots.c %D%/slots.h \
	%D%/small.c %D%/small.h \
	%D%/symbol_first.c \
	%D%/watch.c %D%/watch.h \
	preload/bell.c \
	preload/facts.c \
	preload/filter_look.c \
	preload/lineage.c \
	preload/gate.c \
	preload/group.c \
	preload/kind.c \
	preload/own_files.c \
	preload/mapped.c \
	preload/parts.c \
	preload/record.c \
	preload/sampler.c \
	preload/sampling_look.c \
	preload/say.c \
	preload/segment.c preload/segment_mail.c \
	preload/segment_file.c \
	preload/remote.c preload/segment_name.c preload/segment_old.c \
	preload/settings.c \
	preload/small_file.c \
	preload/snapshot.c \
	preload/thread.c \
	preload/thread_create.c
libweir_attach_so_CFLAGS = $(libweir_preload_so_CFLAGS)
libweir_attach_so_LDADD = $(libweir_preload_so_LDADD)
# It stays: threads may be within its hooks at any time. It exports nothing.
libweir_attach_so_LDFLAGS = $(AM_LDFLAGS) -shared -Wl,-soname,libweir_attach.so -Wl,-z,nodelete \
	-Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,--version-script=$(srcdir)/%D%/libweir_attach.map
EXTRA_libweir_attach_so_DEPENDENCIES = %D%/libweir_attach.map
EXTRA_DIST += %D%/libweir_attach.map
