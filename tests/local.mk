# SPDX-License-Identifier: Apache-2.0
EXTRA_DIST += %D%/old_glibc.h %D%/refuse_call.h %D%/tap.h
# First, since its longest tests take minutes each: begun last, they would keep one core waiting.
include tests/repo/local.mk
include tests/unit/local.mk
include tests/growth/local.mk
include tests/victims/local.mk
include tests/heaps/local.mk
include tests/preload/local.mk
include tests/attach/local.mk
include tests/encode/local.mk
include tests/tools/local.mk
include tests/runtimes/local.mk
