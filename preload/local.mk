# SPDX-License-Identifier: Apache-2.0
if BUILD_SHIM
shimexec_PROGRAMS += libweir_preload.so
endif

preload_sources = \
	%D%/boot.c \
	%D%/entries/aside.c %D%/entries/aside.h \
	%D%/ground/altered.c %D%/ground/altered.h \
	%D%/ground/altered_mark.c %D%/ground/altered_mark.h \
	%D%/machine/backing_set.c %D%/machine/backing_set.h \
	%D%/machine/bell.c %D%/machine/bell.h \
	%D%/clock/bounds.c %D%/clock/bounds.h \
	%D%/clock/chores.c %D%/clock/chores.h \
	%D%/ground/clock.h \
	%D%/loader/deepbind.c %D%/loader/deepbind.h \
	%D%/loader/dlopen.c %D%/ground/jump.h \
	%D%/loader/dlsym.c \
	%D%/machine/facts.c %D%/machine/facts.h \
	%D%/entries/filter.c %D%/entries/filter.h %D%/machine/filter_lacks.c %D%/machine/filter_lacks.h %D%/machine/filter_look.c \
	%D%/entries/fork.c %D%/entries/fork.h \
	%D%/ground/gate.c %D%/ground/gate.h \
	%D%/machine/group.c %D%/machine/group.h \
	%D%/loader/hook.c %D%/loader/hook.h \
	%D%/clock/idle.c %D%/clock/idle.h \
	%D%/entries/interpose.c \
	%D%/clock/keep.c %D%/clock/keep.h \
	%D%/ground/libc.h \
	%D%/machine/lineage.c %D%/machine/lineage.h \
	%D%/ground/kind.c %D%/ground/kind.h %D%/ground/kinds.def \
	%D%/ground/mapped.c %D%/ground/mapped.h \
	%D%/misuse/misuse.c %D%/misuse/misuse.h \
	%D%/ground/next.c %D%/ground/next.h %D%/ground/next_by_malloc.c %D%/ground/next_by_malloc.h \
	%D%/ground/next_store.c %D%/ground/next_store.h %D%/ground/next_told.c %D%/ground/next_told.h \
	%D%/entries/observe.c %D%/entries/observe.h \
	%D%/ground/own_files.c %D%/ground/own_files.h \
	%D%/ground/peers.c %D%/ground/peers.h \
	%D%/clock/parts.c %D%/clock/parts.h \
	%D%/blocks/place.c %D%/blocks/place.h %D%/blocks/place_private.h \
	%D%/loader/reach.c %D%/loader/reach.h \
	%D%/machine/ready.c %D%/machine/ready.h \
	%D%/ground/record.c %D%/ground/record.h \
	%D%/blocks/resize.c \
	%D%/entries/retry.c %D%/entries/retry.h \
	%D%/entries/sampler.c %D%/entries/sampler.h \
	%D%/machine/sampling_look.c %D%/machine/sampling_look.h \
	%D%/ground/say.c %D%/ground/say.h \
	%D%/machine/scarce.c %D%/machine/scarce.h \
	%D%/entries/scratch_api.c \
	%D%/sidecar/segment.c %D%/sidecar/segment.h %D%/sidecar/segment_mail.c %D%/sidecar/segment_mail.h \
	%D%/sidecar/segment_file.c %D%/sidecar/segment_file.h \
	%D%/machine/remote.c %D%/machine/remote.h %D%/sidecar/segment_name.c %D%/sidecar/segment_name.h %D%/sidecar/segment_old.c %D%/sidecar/segment_old.h \
	%D%/ground/settings.c %D%/ground/settings.h \
	%D%/machine/small_file.c %D%/machine/small_file.h \
	%D%/sidecar/snapshot.c %D%/sidecar/snapshot.h \
	%D%/misuse/suspect.c %D%/misuse/suspect.h \
	%D%/misuse/suspect_fault.c %D%/misuse/suspect_fault.h \
	%D%/ground/suspect_sites.c %D%/ground/suspect_sites.h \
	%D%/ground/symbol_next.c %D%/ground/symbol_next.h \
	%D%/symbols.def \
	%D%/entries/task.h \
	%D%/clock/thread.c %D%/ground/thread_create.c %D%/ground/thread_create.h %D%/clock/thread.h \
	%D%/clock/timer.c %D%/clock/timer.h %D%/clock/timer_work.h \
	%D%/clock/timer_asked.c %D%/clock/timer_life.c %D%/clock/timer_thread.c \
	%D%/machine/trays.c %D%/machine/trays.h %D%/clock/trim.c %D%/clock/trim.h \
	%D%/loader/watchers.c %D%/loader/watchers.h \
	%D%/ground/where.c %D%/ground/where.h
# What a sanitizer stands in front of itself, and a test program that it is in must not lose. First, so that
# thread-local memory has no gaps.
preload_tasks = %D%/entries/by_number.c %D%/entries/identity.c %D%/entries/second_thread.c %D%/entries/task.c %D%/entries/vfork.c
libweir_preload_so_SOURCES = $(preload_tasks) $(preload_sources)
libweir_preload_so_CPPFLAGS = $(AM_CPPFLAGS) -DPKGLIBDIR='"$(pkglibdir)"'
libweir_preload_so_CFLAGS = $(AM_CFLAGS) -fno-builtin-malloc -fno-builtin-calloc -ftls-model=initial-exec
libweir_preload_so_LDADD = $(libtrace_a_OBJECTS) $(libpool_a_OBJECTS) $(libpolicy_a_OBJECTS)
libweir_preload_so_LDFLAGS = $(AM_LDFLAGS) -shared -Wl,-soname,libweir_preload.so \
	-Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,--version-script=preload/libweir_preload.map
# What a forked child runs and what the loader looks up in it: one page fault, if they lie side by side.
libweir_preload_so_LDFLAGS += -Wl,-z,noseparate-code -Wl,-z,max-page-size=65536
EXTRA_libweir_preload_so_DEPENDENCIES = preload/libweir_preload.map

# The exports: the interposed names and the scratch API, nothing else.
preload/libweir_preload.map: $(top_srcdir)/preload/symbols.def
	$(AM_V_GEN)$(MKDIR_P) preload && { \
	echo '{ global:'; \
	$(SED) -n 's/^X(\([a-z0-9_]*\))$$/	\1;/p' $(top_srcdir)/preload/symbols.def; \
	echo '	weir_scratch_*;'; \
	echo 'local: *; };'; } >$@.tmp && mv $@.tmp $@
CLEANFILES += preload/libweir_preload.map
