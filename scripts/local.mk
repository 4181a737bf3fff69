# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	%D%/build.sh %D%/check-arm64 %D%/check-attach %D%/check-fallback %D%/check-glibc %D%/check-hosts %D%/check-musl %D%/count-tests %D%/deepest %D%/embed %D%/fetch-prometheus %D%/fetch-runtimes \
	%D%/leak-table %D%/musl.sh %D%/packages.sh %D%/runtime-table %D%/runtimes.sh %D%/sidecar-tables %D%/stress %D%/analyze \
	%D%/fallback/expected %D%/fallback/sets \
	%D%/hosts/attempt %D%/hosts/common.sh %D%/hosts/cpython %D%/hosts/node %D%/hosts/numpy %D%/hosts/openjdk \
	%D%/hosts/perl %D%/hosts/php %D%/hosts/redis %D%/hosts/ruby %D%/hosts/sqlite \
	%D%/v8-lengths %D%/vm-trials %D%/vm/init %D%/vm/inside %D%/vm/trial.bash \
	%D%/vm/trials/cgroup2.bash %D%/vm/trials/few_mappings.bash %D%/vm/trials/huge_pages.bash \
	%D%/vm/trials/no_threads.bash %D%/vm/trials/numa_nodes.bash %D%/vm/trials/old_kernel.bash \
	%D%/vm/trials/overcommit.bash %D%/vm/trials/read_only.bash %D%/vm/trials/swapping.bash \
	%D%/vm/trials/watching.bash

# Static analysis, with what is installed of gcc, clang and cppcheck.
analyze:
	$(SHELL) $(srcdir)/scripts/analyze "$(srcdir)" "$(abs_top_builddir)"
.PHONY: analyze

# Switches of a whole machine, in virtual ones. Long where they must be emulated.
check-vm: all $(check_PROGRAMS) $(check_LTLIBRARIES)
	$(SHELL) $(srcdir)/scripts/vm-trials "$(abs_top_builddir)"
.PHONY: check-vm

# Built with musl.
check-musl:
	$(SHELL) $(srcdir)/scripts/check-musl
.PHONY: check-musl

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
