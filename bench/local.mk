# SPDX-License-Identifier: Apache-2.0
# `make bench BENCH_ARGS='--only image --reps 5'`; `make check` only looks that all of it runs.
bench_scripts = \
	%D%/bench.js %D%/facts.js %D%/goals.js %D%/once.js %D%/options.js %D%/peers.js %D%/print.js \
	%D%/programs.js %D%/summary.js %D%/install-peers.sh %D%/commands.sh %D%/simdutf-arm64.sh
bench_workloads = \
	%D%/workloads/burst_idle.js %D%/workloads/file_encode.js %D%/workloads/files.js \
	%D%/workloads/hex20.js %D%/workloads/http_bodies.js %D%/workloads/image.js \
	%D%/workloads/small_bursts.cc %D%/workloads/small_bursts.php %D%/workloads/small_bursts.pl \
	%D%/workloads/small_bursts.py %D%/workloads/small_bursts.rb \
	%D%/workloads/smallops.js %D%/workloads/sparse_zero.js %D%/workloads/startup.js \
	%D%/workloads/stream.js %D%/workloads/workers.js %D%/workloads/workload.js
EXTRA_DIST += $(bench_scripts) $(bench_workloads) %D%/simdutf_bench.cc %D%/count_insns.c
dist_doc_DATA += doc/benchmarks.md doc/encoders.md doc/tuning.md

bench_programs = %D%/alloc_bench %D%/scratch_bench
check_PROGRAMS += $(bench_programs)
bench_flags = $(AM_CFLAGS) -pthread \
	-fno-builtin-malloc -fno-builtin-calloc -fno-builtin-realloc -fno-builtin-free
%C%_alloc_bench_CFLAGS = $(bench_flags)
%C%_alloc_bench_SOURCES = \
	%D%/alloc_bench.c %D%/alloc_cases.h \
	%D%/alloc_fill.c \
	%D%/alloc_crowd.c \
	%D%/alloc_fork.c \
	%D%/alloc_gang.c \
	%D%/alloc_known.c \
	%D%/alloc_lazy.c \
	%D%/alloc_limit.c \
	%D%/alloc_load.c \
	%D%/alloc_small.c \
	%D%/alloc_serve.c \
	%D%/alloc_stall.c \
	%D%/gauge.c %D%/gauge.h \
	%D%/own_figures.c %D%/own_figures.h
%C%_scratch_bench_CFLAGS = $(bench_flags)
%C%_scratch_bench_SOURCES = \
	%D%/gauge.c %D%/gauge.h \
	%D%/scratch_bench.c \
	%D%/scratch_faulty.c \
	%D%/scratch_rivals.c %D%/scratch_rivals.h

# The encoders alone: `make bench-encode`.
check_PROGRAMS += %D%/bytes_bench %D%/encode_bench
%C%_bytes_bench_SOURCES = %D%/bytes_bench.c %D%/bytes_bench.h %D%/bytes_safe.c %D%/gauge.c %D%/gauge.h %D%/pairs.h
%C%_bytes_bench_LDADD = libencode.a libpool.a libpolicy.a
%C%_encode_bench_SOURCES = %D%/encode_bench.c %D%/gauge.c %D%/gauge.h %D%/pairs.h
%C%_encode_bench_LDADD = libencode.a libpool.a libpolicy.a

# A preload that is never installed: glibc, trimmed once a second.
if BUILD_SHIM
check_PROGRAMS += %D%/trim1s.so
%C%_trim1s_so_SOURCES = %D%/trim1s.c
%C%_trim1s_so_LDFLAGS = $(AM_LDFLAGS) -shared

BENCH_ARGS =
bench: all $(bench_programs) %D%/trim1s.so
	-g++ -O2 -pthread -o %D%/small_bursts $(top_srcdir)/bench/workloads/small_bursts.cc
	node $(top_srcdir)/bench/bench.js --build . $(BENCH_ARGS)
bench-encode: %D%/bytes_bench %D%/encode_bench weir
	taskset -c 0 %D%/encode_bench
	taskset -c 0 %D%/bytes_bench
	taskset -c 0 $(top_srcdir)/bench/commands.sh ./weir
endif
# Beside simdutf, whose sources somebody has in the folder SIMDUTF; not every processor has AVX-512.
bench-simdutf: libencode.a libpool.a libpolicy.a
	g++ -O3 -std=c++17 -I$(SIMDUTF)/include -I$(SIMDUTF)/src -I$(top_srcdir)/include -o %D%/simdutf_bench \
		$(top_srcdir)/bench/simdutf_bench.cc $(SIMDUTF)/src/simdutf.cpp \
		libencode.a libpool.a libpolicy.a -pthread
	-taskset -c 0 %D%/simdutf_bench
	taskset -c 0 %D%/simdutf_bench avx2
bench-simdutf-arm64:
	$(top_srcdir)/bench/simdutf-arm64.sh $(SIMDUTF)
CLEANFILES += %D%/small_bursts %D%/simdutf_bench
.PHONY: bench bench-encode bench-simdutf bench-simdutf-arm64

include tests/bench/local.mk
