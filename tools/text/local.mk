# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/finding.c %D%/finding.h %D%/json.c %D%/json.h %D%/monotonic.h %D%/nearest.c %D%/nearest.h \
	%D%/show.c %D%/show.h %D%/table.c %D%/table.h %D%/tell.c %D%/tell.h %D%/text_hash.h
