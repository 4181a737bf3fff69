# SPDX-License-Identifier: Apache-2.0
libtools_la_SOURCES += \
	%D%/attached.c %D%/attached.h %D%/census_text.c %D%/census_view.h \
	%D%/growth_advice.c %D%/growth_json.c %D%/growth_rose.c \
	%D%/growth_rose.h %D%/growth_text.c %D%/growth_view.h %D%/part_advice.c \
	%D%/part_advice.h %D%/resident_text.c %D%/resident_text.h %D%/stat_check.c \
	%D%/stat_check.h %D%/stat_json.c %D%/stat_tables.c %D%/stat_tables.h %D%/stat_text.c \
	%D%/stat_trace.c %D%/stat_view.h

include tools/view/top/local.mk
include tools/view/report/local.mk
include tools/view/export/local.mk
