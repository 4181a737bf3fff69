# SPDX-License-Identifier: Apache-2.0
preload_tests = \
	%D%/cancel.bats \
	%D%/clock.bats \
	%D%/crowded.bats \
	%D%/deepbind.bats \
	%D%/faults.bats \
	%D%/filters.bats \
	%D%/limits.bats \
	%D%/memory.bats \
	%D%/misuse.bats \
	%D%/neighbours.bats \
	%D%/parts.bats \
	%D%/records.bats \
	%D%/recurring.bats \
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
# Compiled by clock.bats, neighbours.bats and strange.bats, as their own tools would.
EXTRA_DIST += \
	%D%/bursts.c %D%/family.c %D%/partial.c %D%/spaces.c \
	%D%/frames.c %D%/handles.c %D%/handover.c %D%/own_free.c %D%/opened.c %D%/of_musl.c %D%/own_heap.c %D%/peer.c %D%/plugin.c %D%/embeds.c %D%/runtime_plugin.c %D%/unloaded.c %D%/throws.cc

# The guests: programs that the shim is preloaded into.
if BUILD_SHIM
check_PROGRAMS += \
	%D%/cancelled \
	%D%/alone \
	%D%/recurring \
	%D%/askers \
	%D%/children \
	%D%/crowded \
	%D%/denied \
	%D%/descriptors \
	%D%/early_host \
	%D%/filtered \
	%D%/grower \
	%D%/mapper \
	%D%/leaders \
	%D%/limits \
	%D%/mapped_out \
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
check_PROGRAMS += libcompany.so libearly.so libfaulty.so librefused.so libwatching.so
if HAVE_BATS
TESTS += $(preload_tests)
endif
endif
GUEST_CFLAGS = $(AM_CFLAGS) -fno-builtin
tests_preload_cancelled_CFLAGS = $(GUEST_CFLAGS)
tests_preload_alone_CFLAGS = $(GUEST_CFLAGS)
tests_preload_recurring_CFLAGS = $(GUEST_CFLAGS)
tests_preload_askers_CFLAGS = $(GUEST_CFLAGS) -fno-omit-frame-pointer -fno-optimize-sibling-calls
tests_preload_leaders_CFLAGS = $(GUEST_CFLAGS)
tests_preload_ordinary_CFLAGS = $(GUEST_CFLAGS)
tests_preload_ramps_CFLAGS = $(GUEST_CFLAGS) -g -fno-omit-frame-pointer
tests_preload_children_CFLAGS = $(GUEST_CFLAGS)
tests_preload_crowded_CFLAGS = $(GUEST_CFLAGS)
tests_preload_denied_CFLAGS = $(GUEST_CFLAGS)
tests_preload_filtered_CFLAGS = $(GUEST_CFLAGS)
tests_preload_grower_CFLAGS = $(GUEST_CFLAGS)
tests_preload_mapper_CFLAGS = $(GUEST_CFLAGS)
tests_preload_limits_CFLAGS = $(GUEST_CFLAGS)
tests_preload_mapped_out_CFLAGS = $(GUEST_CFLAGS)
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
check_PROGRAMS += libhandlers.so
endif
tests_preload_forks_SOURCES = %D%/forks.c %D%/handlers.h
tests_preload_stacks_CFLAGS = $(GUEST_CFLAGS)
tests_preload_forks_CFLAGS = $(GUEST_CFLAGS)
tests_preload_forks_LDADD = libhandlers.so
tests_preload_forks_LDFLAGS = $(AM_LDFLAGS) -Wl,-rpath,$(abs_builddir)
libhandlers_so_SOURCES = %D%/handlers.c %D%/handlers.h
libhandlers_so_CFLAGS = $(GUEST_CFLAGS) -fvisibility=default
libhandlers_so_LDFLAGS = -shared
if BUILD_SHIM
check_PROGRAMS += %D%/backing_guest
endif
tests_preload_backing_guest_CFLAGS = $(GUEST_CFLAGS)
tests_preload_descriptors_CFLAGS = $(GUEST_CFLAGS)
tests_preload_scratch_guest_CFLAGS = $(GUEST_CFLAGS)
tests_preload_early_host_LDADD = libearly.so
tests_preload_early_host_LDFLAGS = $(AM_LDFLAGS) -Wl,-rpath,$(abs_builddir)

tests_preload_without_SOURCES = %D%/without.c %D%/forbid.c %D%/forbid.h

libearly_so_SOURCES = %D%/early.c
libearly_so_CFLAGS = $(GUEST_CFLAGS) -fvisibility=default
libearly_so_LDFLAGS = -shared
libcompany_so_SOURCES = %D%/company.c
libcompany_so_CFLAGS = $(GUEST_CFLAGS)
libcompany_so_LDFLAGS = -shared
libfaulty_so_SOURCES = %D%/faulty.c
libfaulty_so_CFLAGS = $(GUEST_CFLAGS)
libfaulty_so_LDFLAGS = -shared
libwatching_so_SOURCES = %D%/watching.c
libwatching_so_CFLAGS = $(GUEST_CFLAGS)
libwatching_so_LDFLAGS = -shared

# The shim once more, to which system calls are refused: for check-fallback.
librefused_so_SOURCES = %D%/refuse.c %D%/forbid.c %D%/forbid.h
librefused_so_CFLAGS = $(GUEST_CFLAGS)
librefused_so_LDADD = $(libweir_preload_so_OBJECTS) $(libweir_preload_so_LDADD)
librefused_so_LDFLAGS = $(libweir_preload_so_LDFLAGS) $(REFUSED_CALLS)
EXTRA_librefused_so_DEPENDENCIES = $(EXTRA_libweir_preload_so_DEPENDENCIES)
REFUSED_CALLS = \
	-Wl,--wrap=mmap,--wrap=munmap,--wrap=madvise,--wrap=mincore,--wrap=mprotect \
	-Wl,--wrap=prctl,--wrap=process_vm_readv,--wrap=thread_create,--wrap=getrlimit,--wrap=getrusage \
	-Wl,--wrap=syscall

# Long: the tests once more on the ways that weir goes where system calls are refused.
.PHONY: check-fallback
check-fallback: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
	$(SHELL) $(srcdir)/scripts/check-fallback "$(abs_top_builddir)"
