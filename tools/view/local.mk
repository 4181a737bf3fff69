# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/attached.c %D%/attached.h %D%/census_text.c %D%/census_view.h \
	%D%/holders_beyond.c %D%/holders_json.c %D%/holders_text.c %D%/holders_view.h %D%/holders_way.c %D%/holders_words.c \
	%D%/growth_advice.c %D%/growth_json.c %D%/growth_rose.c \
	%D%/growth_rose.h %D%/growth_stack.c %D%/growth_text.c %D%/growth_view.h %D%/part_advice.c \
	%D%/part_advice.h %D%/resident_text.c %D%/resident_text.h %D%/run_again.c %D%/run_again.h %D%/stat_check.c \
	%D%/stat_check.h %D%/stat_classes.c %D%/stat_classes.h %D%/stat_collect.c %D%/stat_json.c %D%/stat_tables.c %D%/stat_tables.h %D%/stat_text.c \
	%D%/stat_trace.c %D%/stat_view.h

include tools/view/top/local.mk
include tools/view/report/local.mk
include tools/view/export/local.mk
