# SPDX-License-Identifier: Apache-2.0
# Random operations on two heaps at once. `make stress SECONDS=600` runs them for so long under the
# shim in several configurations; `make check` a little of it; fuzz/fuzz_heap by libFuzzer.
heap_tests = %D%/heaps.bats
EXTRA_DIST += $(heap_tests)

# The shim under other names, for what a preload cannot have: see renamed.h.
check_LIBRARIES += libshimheap.a
libshimheap_a_SOURCES = $(preload_sources) %D%/no_tasks.c \
	%D%/heap_checks.c %D%/heap_checks.h \
	%D%/heap_pairs.c %D%/heap_pairs.h %D%/renamed.h %D%/shim_heap.h
libshimheap_a_CPPFLAGS = $(libweir_preload_so_CPPFLAGS) -include tests/heaps/renamed.h
libshimheap_a_CFLAGS = $(AM_CFLAGS) -fno-builtin -ftls-model=initial-exec
check_PROGRAMS += %D%/test_heaps
TESTS += %D%/test_heaps
%C%_test_heaps_CFLAGS = $(AM_CFLAGS) -fno-builtin
%C%_test_heaps_LDADD = libshimheap.a $(UNIT_LIBS) $(TOOLS_LIBS)

if BUILD_SHIM
check_PROGRAMS += %D%/differ %D%/endure
if HAVE_BATS
TESTS += $(heap_tests)
endif
SECONDS = 60
stress: libweir_preload.so libfaulty.so weir tests/heaps/differ tests/heaps/endure
	SECONDS_IN_ALL=$(SECONDS) $(SHELL) $(srcdir)/scripts/stress "$(abs_top_builddir)"
endif
%C%_differ_SOURCES = %D%/differ.c %D%/heap_checks.c %D%/heap_pairs.c
%C%_differ_CFLAGS = $(AM_CFLAGS) -fno-builtin
%C%_endure_CFLAGS = $(AM_CFLAGS) -fno-builtin
