# SPDX-License-Identifier: Apache-2.0
if BUILD_SHIM
check_PROGRAMS += %D%/misuse
endif
tests_victims_misuse_CFLAGS = $(AM_CFLAGS) -fno-builtin
