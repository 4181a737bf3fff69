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
	preload/machine/bell.c \
	preload/machine/facts.c \
	preload/machine/filter_look.c \
	preload/machine/lineage.c \
	preload/ground/gate.c \
	preload/machine/group.c \
	preload/ground/kind.c \
	preload/ground/own_files.c \
	preload/ground/mapped.c \
	preload/clock/parts.c \
	preload/ground/record.c \
	preload/entries/sampler.c \
	preload/machine/sampling_look.c \
	preload/ground/say.c \
	preload/sidecar/segment.c preload/sidecar/segment_mail.c \
	preload/sidecar/segment_file.c \
	preload/machine/remote.c preload/sidecar/segment_name.c preload/sidecar/segment_old.c \
	preload/ground/settings.c \
	preload/machine/small_file.c \
	preload/sidecar/snapshot.c \
	preload/clock/thread.c \
	preload/ground/thread_create.c
libweir_attach_so_CFLAGS = $(libweir_preload_so_CFLAGS)
libweir_attach_so_LDADD = $(libweir_preload_so_LDADD)
# It stays: threads may be within its hooks at any time. It exports nothing.
libweir_attach_so_LDFLAGS = $(AM_LDFLAGS) -shared -Wl,-soname,libweir_attach.so -Wl,-z,nodelete \
	-Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,--version-script=$(srcdir)/%D%/libweir_attach.map
EXTRA_libweir_attach_so_DEPENDENCIES = %D%/libweir_attach.map
EXTRA_DIST += %D%/libweir_attach.map
