# SPDX-License-Identifier: Apache-2.0
# `make bench BENCH_ARGS='--only image --reps 5'`; `make check` only looks that all of it runs.
bench_scripts = \
	%D%/bench.js %D%/facts.js %D%/once.js %D%/options.js %D%/peers.js %D%/print.js \
	%D%/programs.js %D%/summary.js
bench_workloads = \
	%D%/workloads/burst_idle.js %D%/workloads/file_encode.js %D%/workloads/files.js \
	%D%/workloads/hex20.js %D%/workloads/http_bodies.js %D%/workloads/image.js \
	%D%/workloads/smallops.js %D%/workloads/sparse_zero.js %D%/workloads/startup.js \
	%D%/workloads/stream.js %D%/workloads/workers.js %D%/workloads/workload.js
EXTRA_DIST += $(bench_scripts) $(bench_workloads)

# A preload that is never installed: glibc, trimmed once a second.
check_LTLIBRARIES += bench/trim1s.la
bench_trim1s_la_SOURCES = examples/rivals/trim.c
bench_trim1s_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere

BENCH_ARGS =
bench: all bench/trim1s.la
	node $(top_srcdir)/bench/bench.js --build . $(BENCH_ARGS)
.PHONY: bench
