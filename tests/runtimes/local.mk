# SPDX-License-Identifier: Apache-2.0
runtime_tests = \
	%D%/answers.bats %D%/attach_inspector.bats %D%/attribution.bats %D%/collect.bats \
	%D%/eves.bats \
	%D%/holders.bats %D%/holders_pid.bats %D%/hosts.bats %D%/isolates.bats %D%/leaks.bats %D%/lines.bats %D%/maps.bats %D%/patched.bats %D%/runtime_bun.bats %D%/runtime_debian.bats %D%/runtime_deno.bats \
	%D%/runtime_node.bats \
	%D%/runtime_node22.bats %D%/runtime_node24.bats %D%/runtime_node26.bats %D%/resident.bats %D%/small_growth.bats %D%/suites.bats %D%/unwind.bats %D%/waits.bats
EXTRA_DIST += %D%/host_list.bash %D%/leaks.bash %D%/programs/answers %D%/programs/leaks %D%/runtimes.bash $(runtime_tests) \
	%D%/programs/DirectBuffers.java %D%/programs/arrays.py %D%/programs/blobs.sql \
	%D%/programs/buffers.php %D%/programs/buffers.pl %D%/programs/buffers.py \
	%D%/programs/buffers.rb %D%/programs/redis_values.sh \
	%D%/programs/again.cjs %D%/programs/callbacks.cjs %D%/programs/called.cjs %D%/programs/collect.js %D%/programs/collections.cjs %D%/programs/cycles.py %D%/programs/exits.cjs %D%/programs/fast_calls.cjs %D%/programs/pieces.js %D%/programs/places.js %D%/programs/rows.py %D%/programs/warm.cjs %D%/programs/arenas.py %D%/programs/places.py \
	%D%/programs/awaits.mjs %D%/programs/buffers.mjs %D%/programs/children.mjs %D%/programs/codecs.mjs \
	%D%/programs/files.mjs %D%/programs/holders.cjs %D%/programs/garbage.cjs %D%/programs/glue.cjs %D%/programs/seen.cjs %D%/programs/shapes.cjs %D%/programs/stacks.cjs %D%/programs/thumbnails.cjs %D%/programs/http.mjs %D%/programs/lines.cjs %D%/programs/resident.mjs \
	%D%/programs/texts.cjs %D%/programs/waits.mjs %D%/programs/workers.mjs %D%/programs/workers_kept.cjs
if HAVE_BATS
if BUILD_SHIM
TESTS += $(runtime_tests)
endif
endif

# The walker on every allocation, whatever the runtime is doing.
if BUILD_SHIM
check_PROGRAMS += libcapture_all.so
endif
libcapture_all_so_SOURCES = %D%/capture_all.c %D%/walking_preload.h $(walker_sources)
libcapture_all_so_CFLAGS = $(AM_CFLAGS) -fno-builtin -ftls-model=initial-exec
libcapture_all_so_LDADD = libpool.a
libcapture_all_so_LDFLAGS = $(AM_LDFLAGS) -shared

# The walker beside libunwind.
if BUILD_SHIM
check_PROGRAMS += libunwind_oracle.so
endif
libunwind_oracle_so_SOURCES = %D%/unwind_oracle.c %D%/walking_preload.h $(walker_sources)
libunwind_oracle_so_CFLAGS = $(libcapture_all_so_CFLAGS)
libunwind_oracle_so_LDADD = $(libcapture_all_so_LDADD)
libunwind_oracle_so_LDFLAGS = $(libcapture_all_so_LDFLAGS)

# Long: the lines of every Node here, under every flag that changes how V8 compiles or collects.
if BUILD_SHIM
walkers = libcapture_all.so libunwind_oracle.so
endif
.PHONY: check-lines
check-lines: all $(walkers)
	WEIR_LONG=1 WEIR_BUILDDIR='$(abs_top_builddir)' bats $(srcdir)/tests/runtimes/lines.bats $(srcdir)/tests/runtimes/waits.bats \
	  $(srcdir)/tests/runtimes/isolates.bats $(srcdir)/tests/runtimes/unwind.bats

# Long: the test suites that CPython and NumPy bring.
.PHONY: check-hosts
check-hosts: all
	$(SHELL) $(srcdir)/scripts/check-hosts "$(abs_top_builddir)" long
