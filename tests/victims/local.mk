# SPDX-License-Identifier: Apache-2.0
if BUILD_SHIM
check_PROGRAMS += %D%/crimes
endif
tests_victims_crimes_CFLAGS = $(AM_CFLAGS) -fno-builtin
