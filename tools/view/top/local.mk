# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/top_columns.c %D%/top_columns.h %D%/top_frame.c %D%/top_frame.h %D%/top_head.c \
	%D%/top_head.h %D%/top_screen.c %D%/top_screen.h %D%/top_text.c %D%/top_text.h
