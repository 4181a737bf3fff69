# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/tap.h
include tests/unit/local.mk
include tests/victims/local.mk
include tests/heaps/local.mk
include tests/preload/local.mk
include tests/encode/local.mk
include tests/tools/local.mk
include tests/runtimes/local.mk
include tests/repo/local.mk
