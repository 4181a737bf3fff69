# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += \
	%D%/build.sh %D%/check-hosts %D%/count-tests %D%/embed %D%/fetch-prometheus %D%/fetch-runtimes \
	%D%/leak-table %D%/packages.sh %D%/runtime-table %D%/runtimes.sh %D%/sidecar-tables %D%/stress %D%/analyze \
	%D%/hosts/attempt %D%/hosts/common.sh %D%/hosts/cpython %D%/hosts/node %D%/hosts/numpy %D%/hosts/openjdk \
	%D%/hosts/perl %D%/hosts/php %D%/hosts/redis %D%/hosts/ruby %D%/hosts/sqlite

# Static analysis, with what is installed of gcc, clang and cppcheck.
analyze:
	$(SHELL) $(srcdir)/scripts/analyze "$(srcdir)" "$(abs_top_builddir)"
.PHONY: analyze
