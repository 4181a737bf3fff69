# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/app_root.c %D%/app_root.h \
	%D%/growth_blame.c %D%/growth_blame.h %D%/growth_files.c %D%/growth_files.h \
	%D%/growth_origin.c %D%/growth_place.c %D%/growth_place.h %D%/growth_source.c \
	%D%/growth_source.h %D%/runtime_work.c %D%/runtime_work.h %D%/sourcemap.c %D%/sourcemap.h %D%/sourcemap_load.c \
	%D%/sourcemap_parse.c %D%/sourcemap_private.h %D%/symbol_table.c \
	%D%/symbol_table.h %D%/symbolize.c %D%/symbolize.h %D%/url.c %D%/url.h
