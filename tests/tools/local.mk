# SPDX-License-Identifier: Apache-2.0
tools_tests = %D%/completion.bats %D%/config.bats %D%/container.bats %D%/doctor.bats %D%/export.bats %D%/process_tree.bats %D%/foreign.bats %D%/growth.bats %D%/other_libc.bats %D%/prometheus.bats \
	%D%/report.bats %D%/run.bats %D%/stat.bats %D%/stat_check.bats %D%/top.bats
tools_tests += %D%/tune.bats
EXTRA_DIST += %D%/devtools.mjs %D%/pprof_rules.js %D%/tools.bash %D%/with_shim.bats $(tools_tests)
if HAVE_BATS
TESTS += $(tools_tests)
if BUILD_SHIM
TESTS += %D%/with_shim.bats
endif
endif

# Runs a command on a terminal and types.
check_PROGRAMS += tests/tools/pty_drive
tests_tools_pty_drive_SOURCES = %D%/pty_drive.c
tests_tools_pty_drive_LDADD = -lutil

# Writes sidecars as the tests want them.
check_PROGRAMS += tests/tools/make_sidecar tests/tools/make_trace
tests_tools_make_trace_SOURCES = %D%/make_trace.c %D%/sidecar_sample.c %D%/trace_sample.c \
	%D%/trace_sample.h %D%/trace_story.c
tests_tools_make_sidecar_SOURCES = %D%/make_sidecar.c %D%/sidecar_sample.c %D%/sidecar_sample.h
