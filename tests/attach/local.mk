# SPDX-License-Identifier: Apache-2.0
attach_tests = %D%/attach_waits.bats %D%/attach_left.bats %D%/attach_container.bats %D%/attach_replaced.bats %D%/attach_short.bats %D%/attach_odd.bats %D%/observing.bats %D%/attach.bats
EXTRA_DIST += %D%/attach.bash %D%/load.mjs %D%/server.mjs $(attach_tests)

if BUILD_SHIM
check_PROGRAMS += %D%/busy %D%/filtered_guest %D%/odd %D%/plain %D%/observed %D%/sleeps %D%/short_of %D%/waits
check_PROGRAMS += libseen_plugin.so libslow_walk.so
if HAVE_BATS
TESTS += $(attach_tests)
endif
endif
tests_attach_observed_CFLAGS = $(GUEST_CFLAGS)
tests_attach_observed_LDADD = -ldl
tests_attach_busy_CFLAGS = $(GUEST_CFLAGS)
tests_attach_busy_LDADD = -ldl
tests_attach_waits_CFLAGS = $(GUEST_CFLAGS)
tests_attach_filtered_guest_CFLAGS = $(GUEST_CFLAGS)
tests_attach_sleeps_CFLAGS = $(GUEST_CFLAGS)
tests_attach_short_of_CFLAGS = $(GUEST_CFLAGS)
tests_attach_short_of_LDADD = -ldl
tests_attach_plain_CFLAGS = $(GUEST_CFLAGS) -fno-pie
tests_attach_plain_LDFLAGS = -no-pie
tests_attach_odd_CFLAGS = $(GUEST_CFLAGS)
libseen_plugin_so_SOURCES = %D%/seen_plugin.c
libseen_plugin_so_CFLAGS = $(GUEST_CFLAGS) -fvisibility=default
libseen_plugin_so_LDFLAGS = -shared
libslow_walk_so_SOURCES = %D%/slow_walk.c
libslow_walk_so_CFLAGS = $(GUEST_CFLAGS) -fvisibility=default
libslow_walk_so_LDFLAGS = -shared
libslow_walk_so_LDADD = -ldl
