# SPDX-License-Identifier: Apache-2.0
if BUILD_SHIM
pkglib_LTLIBRARIES += libweir_preload.la
endif

libweir_preload_la_SOURCES = \
	%D%/boot.c \
	%D%/altered.c %D%/altered.h \
	%D%/backing_set.c %D%/backing_set.h \
	%D%/bell.c %D%/bell.h \
	%D%/chores.c %D%/chores.h \
	%D%/clock.h \
	%D%/deepbind.c %D%/deepbind.h \
	%D%/dlopen.c %D%/jump.h \
	%D%/facts.c %D%/facts.h \
	%D%/filter.c %D%/filter.h %D%/filter_look.c \
	%D%/fork.c %D%/fork.h \
	%D%/gate.c %D%/gate.h \
	%D%/group.c %D%/group.h \
	%D%/identity.c \
	%D%/idle.c %D%/idle.h \
	%D%/interpose.c \
	%D%/libc.h \
	%D%/kind.c %D%/kind.h %D%/kinds.def \
	%D%/mapped.c %D%/mapped.h \
	%D%/misuse.c %D%/misuse.h \
	%D%/next.c %D%/next.h \
	%D%/observe.c %D%/observe.h \
	%D%/own_files.c %D%/own_files.h \
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
	%D%/second_thread.c \
	%D%/segment.c %D%/segment.h \
	%D%/segment_file.c %D%/segment_file.h \
	%D%/segment_name.c %D%/segment_name.h \
	%D%/settings.c %D%/settings.h \
	%D%/small_file.c %D%/small_file.h \
	%D%/snapshot.c %D%/snapshot.h \
	%D%/suspect.c %D%/suspect.h \
	%D%/suspect_fault.c %D%/suspect_fault.h \
	%D%/suspect_sites.c %D%/suspect_sites.h \
	%D%/symbol_next.c %D%/symbol_next.h \
	%D%/symbols.def \
	%D%/thread.c %D%/thread_create.c %D%/thread.h \
	%D%/timer.c %D%/timer.h %D%/timer_work.h \
	%D%/timer_asked.c %D%/timer_life.c %D%/timer_thread.c \
	%D%/watchers.c %D%/watchers.h \
	%D%/where.c %D%/where.h
libweir_preload_la_CFLAGS = $(AM_CFLAGS) -fno-builtin-malloc -fno-builtin-calloc -ftls-model=initial-exec
libweir_preload_la_LIBADD = libtrace.la libpool.la libpolicy.la
libweir_preload_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,--version-script=preload/libweir_preload.map
# What a forked child runs and what the loader looks up in it: one page fault, if they lie side by side.
libweir_preload_la_LDFLAGS += -Wl,-z,noseparate-code -Wl,-z,max-page-size=65536
libweir_preload_la_DEPENDENCIES = libtrace.la libpool.la libpolicy.la preload/libweir_preload.map

# The exports: the interposed names and the scratch API, nothing else.
preload/libweir_preload.map: $(top_srcdir)/preload/symbols.def
	$(AM_V_GEN)$(MKDIR_P) preload && { \
	echo '{ global:'; \
	$(SED) -n 's/^X(\([a-z0-9_]*\))$$/	\1;/p' $(top_srcdir)/preload/symbols.def; \
	echo '	weir_scratch_*;'; \
	echo 'local: *; };'; } >$@.tmp && mv $@.tmp $@
CLEANFILES += preload/libweir_preload.map

# Nobody links with it: no .la, and without that libtool cannot uninstall it.
install-exec-hook::
	rm -f $(DESTDIR)$(pkglibdir)/libweir_preload.la
uninstall-hook::
	rm -f $(DESTDIR)$(pkglibdir)/libweir_preload.so
