# SPDX-License-Identifier: Apache-2.0
if BUILD_SHIM
shimexec_PROGRAMS += libweir_preload.so
endif

preload_sources = \
	%D%/boot.c \
	%D%/aside.c %D%/aside.h \
	%D%/altered.c %D%/altered.h \
	%D%/altered_mark.c %D%/altered_mark.h \
	%D%/backing_set.c %D%/backing_set.h \
	%D%/bell.c %D%/bell.h \
	%D%/bounds.c %D%/bounds.h \
	%D%/chores.c %D%/chores.h \
	%D%/clock.h \
	%D%/deepbind.c %D%/deepbind.h \
	%D%/dlopen.c %D%/jump.h \
	%D%/dlsym.c \
	%D%/facts.c %D%/facts.h \
	%D%/filter.c %D%/filter.h %D%/filter_lacks.c %D%/filter_look.c \
	%D%/fork.c %D%/fork.h \
	%D%/gate.c %D%/gate.h \
	%D%/group.c %D%/group.h \
	%D%/hook.c %D%/hook.h \
	%D%/idle.c %D%/idle.h \
	%D%/interpose.c \
	%D%/keep.c %D%/keep.h \
	%D%/libc.h \
	%D%/lineage.c %D%/lineage.h \
	%D%/kind.c %D%/kind.h %D%/kinds.def \
	%D%/mapped.c %D%/mapped.h \
	%D%/misuse.c %D%/misuse.h \
	%D%/next.c %D%/next.h \
	%D%/observe.c %D%/observe.h \
	%D%/own_files.c %D%/own_files.h \
	%D%/peers.c %D%/peers.h \
	%D%/parts.c %D%/parts.h \
	%D%/place.c %D%/place.h %D%/place_private.h \
	%D%/reach.c %D%/reach.h \
	%D%/ready.c %D%/ready.h \
	%D%/record.c %D%/record.h \
	%D%/resize.c \
	%D%/retry.c %D%/retry.h \
	%D%/sampler.c %D%/sampler.h \
	%D%/sampling_look.c %D%/sampling_look.h \
	%D%/say.c %D%/say.h \
	%D%/scarce.c %D%/scarce.h \
	%D%/scratch_api.c \
	%D%/segment.c %D%/segment.h %D%/segment_mail.c %D%/segment_mail.h \
	%D%/segment_file.c %D%/segment_file.h \
	%D%/remote.c %D%/remote.h %D%/segment_name.c %D%/segment_name.h %D%/segment_old.c %D%/segment_old.h \
	%D%/settings.c %D%/settings.h \
	%D%/small_file.c %D%/small_file.h \
	%D%/snapshot.c %D%/snapshot.h \
	%D%/suspect.c %D%/suspect.h \
	%D%/suspect_fault.c %D%/suspect_fault.h \
	%D%/suspect_sites.c %D%/suspect_sites.h \
	%D%/symbol_next.c %D%/symbol_next.h \
	%D%/symbols.def \
	%D%/task.h \
	%D%/thread.c %D%/thread_create.c %D%/thread.h \
	%D%/timer.c %D%/timer.h %D%/timer_work.h \
	%D%/timer_asked.c %D%/timer_life.c %D%/timer_thread.c \
	%D%/trays.c %D%/trays.h %D%/trim.c %D%/trim.h \
	%D%/watchers.c %D%/watchers.h \
	%D%/where.c %D%/where.h
# What a sanitizer stands in front of itself, and a test program that it is in must not lose. First, so that
# thread-local memory has no gaps.
preload_tasks = %D%/by_number.c %D%/identity.c %D%/second_thread.c %D%/task.c %D%/vfork.c
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
