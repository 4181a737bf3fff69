# SPDX-License-Identifier: Apache-2.0
tools_tests = %D%/doctor.bats %D%/run.bats %D%/stat.bats %D%/stat_check.bats
EXTRA_DIST += %D%/tools.bash $(tools_tests)
if HAVE_BATS
TESTS += $(tools_tests)
endif

# Writes sidecars as the tests want them.
check_PROGRAMS += tests/tools/make_sidecar
tests_tools_make_sidecar_SOURCES = %D%/make_sidecar.c %D%/sidecar_sample.c %D%/sidecar_sample.h
