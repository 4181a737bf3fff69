# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/bench.bats
if HAVE_BATS
if BUILD_SHIM
TESTS += %D%/bench.bats
endif
endif
