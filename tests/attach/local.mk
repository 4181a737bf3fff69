# SPDX-License-Identifier: Apache-2.0
attach_tests = %D%/observing.bats
EXTRA_DIST += %D%/attach.bash $(attach_tests)

if BUILD_SHIM
check_PROGRAMS += %D%/seen
check_LTLIBRARIES += libseen_plugin.la
if HAVE_BATS
TESTS += $(attach_tests)
endif
endif
tests_attach_seen_CFLAGS = $(GUEST_CFLAGS)
tests_attach_seen_LDADD = -ldl
libseen_plugin_la_SOURCES = %D%/seen_plugin.c
libseen_plugin_la_CFLAGS = $(GUEST_CFLAGS) -fvisibility=default
libseen_plugin_la_LDFLAGS = -module -avoid-version -rpath $(abs_builddir)
