# SPDX-License-Identifier: Apache-2.0
weirincludedir = $(includedir)/weir
weirinclude_HEADERS = %D%/weir/bytes.h %D%/weir/collect.h %D%/weir/counters.h %D%/weir/encode.h %D%/weir/scratch.h %D%/weir/stats.h %D%/weir/trace.h
