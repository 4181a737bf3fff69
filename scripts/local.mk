# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	%D%/answers-table %D%/attach-trials %D%/bench-chart %D%/build.sh %D%/check-arm64 %D%/check-attach %D%/check-exits %D%/check-fallback %D%/check-glibc %D%/check-hosts %D%/check-musl %D%/check-newcomer %D%/check-platforms %D%/count-tests %D%/deepest %D%/embed %D%/fetch-prometheus %D%/fetch-runtimes \
	%D%/leak-table %D%/musl.sh %D%/newer.sh %D%/packages.sh %D%/pictures %D%/progress.sh %D%/readme.bash %D%/runtime-table %D%/runtimes.sh %D%/sidecar-tables %D%/stress %D%/analyze \
	%D%/fallback/expected %D%/fallback/sets \
	%D%/hosts/attempt %D%/hosts/common.sh %D%/hosts/cpython %D%/hosts/node %D%/hosts/numpy %D%/hosts/openjdk \
	%D%/hosts/perl %D%/hosts/php %D%/hosts/redis %D%/hosts/ruby %D%/hosts/sqlite \
	%D%/v8-lengths %D%/vm-trials %D%/vm/init %D%/vm/inside %D%/vm/trial.bash \
	%D%/vm/trials/cgroup2.bash %D%/vm/trials/few_mappings.bash %D%/vm/trials/huge_pages.bash \
	%D%/vm/trials/no_threads.bash %D%/vm/trials/numa_nodes.bash %D%/vm/trials/old_kernel.bash \
	%D%/vm/trials/overcommit.bash %D%/vm/trials/read_only.bash %D%/vm/trials/tracing.bash %D%/vm/trials/swapping.bash \
	%D%/vm/trials/watching.bash

# Static analysis, with what is installed of gcc, clang and cppcheck.
analyze:
	$(SHELL) $(srcdir)/scripts/analyze "$(srcdir)" "$(abs_top_builddir)"
.PHONY: analyze

# Switches of a whole machine, in virtual ones. Long where they must be emulated.
check-vm: all $(check_PROGRAMS)
	$(SHELL) $(srcdir)/scripts/vm-trials "$(abs_top_builddir)"
.PHONY: check-vm

# Built with musl.
check-musl:
	$(SHELL) $(srcdir)/scripts/check-musl
.PHONY: check-musl

# README.md typed in an empty Debian, by root.
check-newcomer:
	$(srcdir)/scripts/check-newcomer
.PHONY: check-newcomer

# What `packages` made, in empty Debians: writes doc/platforms.md's table.
check-platforms: packages
	$(srcdir)/scripts/check-platforms '$(abs_top_builddir)'
.PHONY: check-platforms

# Under the C libraries of other Debians.
check-glibc: all
	for suite in bullseye trixie sid; do \
	  WEIR_BUILDDIR='$(abs_top_builddir)' $(SHELL) $(srcdir)/scripts/check-glibc $$suite || exit 1; \
	done
.PHONY: check-glibc

# All C tests on 64-bit ARM, emulated.
check-arm64:
	$(SHELL) $(srcdir)/scripts/check-arm64
.PHONY: check-arm64

# Long: attaches to each Node, N times; the figures are in doc/reliability.md.
N = 200
.PHONY: check-attach
check-attach: all
	$(srcdir)/scripts/check-attach "$(abs_top_builddir)" $(N)

# Likewise: what else attaching does to processes, many times over.
CYCLES = 1000
STORMS = 1000
KILLS = 50
TURNS = 20
.PHONY: check-attach-cycles check-attach-storm check-attach-killed check-attach-load
check-attach-cycles: all tests/attach/observed$(EXEEXT)
	$(srcdir)/scripts/attach-trials "$(abs_top_builddir)" cycles $(CYCLES)
check-attach-storm: all tests/attach/busy$(EXEEXT)
	$(srcdir)/scripts/attach-trials "$(abs_top_builddir)" storm $(STORMS)
check-attach-killed: all tests/attach/observed$(EXEEXT)
	$(srcdir)/scripts/attach-trials "$(abs_top_builddir)" killed $(KILLS)
check-attach-load: all
	$(srcdir)/scripts/attach-trials "$(abs_top_builddir)" load $(TURNS)

# Long: the exits of Node, with weir and without.
EXITS = 500
.PHONY: check-exits
check-exits: all
	$(srcdir)/scripts/check-exits "$(abs_top_builddir)" $(EXITS)

# For run-tests, which shows how many of them are done.
count-test-files:
	@set -- $(TEST_LOGS); echo $$#
.PHONY: count-test-files
