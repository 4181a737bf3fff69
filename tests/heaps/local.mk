# SPDX-License-Identifier: Apache-2.0
# Random operations on two heaps at once. `make stress SECONDS=600` runs them for so long under the
# shim in several configurations; `make check` a little of it; fuzz/fuzz_heap by libFuzzer.
heap_tests = %D%/heaps.bats
EXTRA_DIST += %D%/pairs.h $(heap_tests)

if BUILD_SHIM
check_PROGRAMS += %D%/differ
if HAVE_BATS
TESTS += $(heap_tests)
endif
SECONDS = 60
stress: libweir_preload.la libfaulty.la weir tests/heaps/differ
	SECONDS_IN_ALL=$(SECONDS) $(SHELL) $(srcdir)/scripts/stress "$(abs_top_builddir)"
endif
%C%_differ_SOURCES = %D%/differ.c %D%/pairs.c
%C%_differ_CFLAGS = $(AM_CFLAGS) -fno-builtin
