# SPDX-License-Identifier: Apache-2.0
preload_tests = \
	%D%/cancel.bats \
	%D%/clock.bats \
	%D%/deepbind.bats \
	%D%/faults.bats \
	%D%/limits.bats \
	%D%/memory.bats \
	%D%/misuse.bats \
	%D%/neighbours.bats \
	%D%/parts.bats \
	%D%/records.bats \
	%D%/residue.bats \
	%D%/sandbox.bats \
	%D%/shim.bats \
	%D%/single.bats \
	%D%/small.bats \
	%D%/sidecar_file.bats \
	%D%/storms.bats \
	%D%/strange.bats \
	%D%/trace.bats \
	%D%/walks.bats
EXTRA_DIST += %D%/preload.bash $(preload_tests)
# Compiled by neighbours.bats and strange.bats, as their own tools would.
EXTRA_DIST += \
	%D%/bursts.c %D%/family.c %D%/partial.c %D%/spaces.c \
	%D%/frames.c %D%/handover.c %D%/own_heap.c %D%/plugin.c %D%/runtime_plugin.c %D%/throws.cc

# The guests: programs that the shim is preloaded into.
if BUILD_SHIM
check_PROGRAMS += \
	%D%/cancelled \
	%D%/alone \
	%D%/askers \
	%D%/children \
	%D%/descriptors \
	%D%/early_host \
	%D%/filtered \
	%D%/grower \
	%D%/mapper \
	%D%/leaders \
	%D%/limits \
	%D%/memory \
	%D%/ordinary \
	%D%/ramps \
	%D%/refill \
	%D%/residue \
	%D%/scant \
	%D%/scratch_guest \
	%D%/semantics \
	%D%/small_blocks \
	%D%/storms \
	%D%/stress \
	%D%/switches \
	%D%/walks \
	%D%/without
check_LTLIBRARIES += libcompany.la libearly.la libfaulty.la librefused.la libwatching.la
if HAVE_BATS
TESTS += $(preload_tests)
endif
endif
GUEST_CFLAGS = $(AM_CFLAGS) -fno-builtin
tests_preload_cancelled_CFLAGS = $(GUEST_CFLAGS)
tests_preload_alone_CFLAGS = $(GUEST_CFLAGS)
tests_preload_askers_CFLAGS = $(GUEST_CFLAGS) -fno-omit-frame-pointer -fno-optimize-sibling-calls
tests_preload_leaders_CFLAGS = $(GUEST_CFLAGS)
tests_preload_ordinary_CFLAGS = $(GUEST_CFLAGS)
tests_preload_ramps_CFLAGS = $(GUEST_CFLAGS) -g -fno-omit-frame-pointer
tests_preload_children_CFLAGS = $(GUEST_CFLAGS)
tests_preload_filtered_CFLAGS = $(GUEST_CFLAGS)
tests_preload_grower_CFLAGS = $(GUEST_CFLAGS)
tests_preload_mapper_CFLAGS = $(GUEST_CFLAGS)
tests_preload_limits_CFLAGS = $(GUEST_CFLAGS)
tests_preload_small_blocks_CFLAGS = $(GUEST_CFLAGS)
tests_preload_memory_CFLAGS = $(GUEST_CFLAGS)
tests_preload_refill_CFLAGS = $(GUEST_CFLAGS)
tests_preload_residue_CFLAGS = $(GUEST_CFLAGS)
tests_preload_scant_CFLAGS = $(GUEST_CFLAGS)
tests_preload_semantics_CFLAGS = $(GUEST_CFLAGS)
tests_preload_storms_CFLAGS = $(GUEST_CFLAGS)
tests_preload_stress_CFLAGS = $(GUEST_CFLAGS)
tests_preload_switches_CFLAGS = $(GUEST_CFLAGS)
tests_preload_walks_CFLAGS = $(GUEST_CFLAGS)
preload_tests += %D%/backing.bats
preload_tests += %D%/forks.bats %D%/stacks.bats
if BUILD_SHIM
check_PROGRAMS += %D%/forks %D%/stacks
check_LTLIBRARIES += libhandlers.la
endif
tests_preload_forks_SOURCES = %D%/forks.c %D%/handlers.h
tests_preload_stacks_CFLAGS = $(GUEST_CFLAGS)
tests_preload_forks_CFLAGS = $(GUEST_CFLAGS)
tests_preload_forks_LDADD = libhandlers.la
libhandlers_la_SOURCES = %D%/handlers.c %D%/handlers.h
libhandlers_la_CFLAGS = $(GUEST_CFLAGS) -fvisibility=default
libhandlers_la_LDFLAGS = -avoid-version -rpath $(abs_builddir)
if BUILD_SHIM
check_PROGRAMS += %D%/backing_guest
endif
tests_preload_backing_guest_CFLAGS = $(GUEST_CFLAGS)
tests_preload_descriptors_CFLAGS = $(GUEST_CFLAGS)
tests_preload_scratch_guest_CFLAGS = $(GUEST_CFLAGS)
tests_preload_early_host_LDADD = libearly.la

tests_preload_without_SOURCES = %D%/without.c %D%/forbid.c %D%/forbid.h

# -rpath makes libtool build a shared library though nobody installs it.
libearly_la_SOURCES = %D%/early.c
libearly_la_CFLAGS = $(GUEST_CFLAGS) -fvisibility=default
libearly_la_LDFLAGS = -avoid-version -rpath $(abs_builddir)
libcompany_la_SOURCES = %D%/company.c
libcompany_la_CFLAGS = $(GUEST_CFLAGS)
libcompany_la_LDFLAGS = -module -avoid-version -rpath $(abs_builddir)
libfaulty_la_SOURCES = %D%/faulty.c
libfaulty_la_CFLAGS = $(GUEST_CFLAGS)
libfaulty_la_LDFLAGS = -module -avoid-version -rpath $(abs_builddir)
libwatching_la_SOURCES = %D%/watching.c
libwatching_la_CFLAGS = $(GUEST_CFLAGS)
libwatching_la_LDFLAGS = -module -avoid-version -rpath $(abs_builddir)

# The shim once more, to which system calls are refused: for check-fallback.
librefused_la_SOURCES = %D%/refuse.c %D%/forbid.c %D%/forbid.h
librefused_la_CFLAGS = $(GUEST_CFLAGS)
librefused_la_LIBADD = $(libweir_preload_la_OBJECTS) $(libweir_preload_la_LIBADD)
librefused_la_LDFLAGS = $(libweir_preload_la_LDFLAGS) -rpath $(abs_builddir) $(REFUSED_CALLS)
librefused_la_DEPENDENCIES = $(libweir_preload_la_OBJECTS) $(libweir_preload_la_DEPENDENCIES)
REFUSED_CALLS = \
	-Wl,--wrap=mmap,--wrap=munmap,--wrap=madvise,--wrap=mincore,--wrap=mprotect \
	-Wl,--wrap=prctl,--wrap=process_vm_readv,--wrap=thread_create,--wrap=getrlimit,--wrap=getrusage \
	-Wl,--wrap=syscall

# Long: the tests once more on the ways that weir goes where system calls are refused.
.PHONY: check-fallback
check-fallback: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
	$(SHELL) $(srcdir)/scripts/check-fallback "$(abs_top_builddir)"
