# SPDX-License-Identifier: Apache-2.0
libtools_la_SOURCES += \
	%D%/cmd.c %D%/cmd.h %D%/cmd_attach.c %D%/cmd_detach.c %D%/cmd_doctor.c %D%/cmd_encode.c %D%/cmd_export.c %D%/cmd_growth.c \
	%D%/cmd_report.c %D%/cmd_run.c %D%/cmd_snap.c %D%/cmd_stat.c %D%/cmd_top.c %D%/cmd_tune.c \
	%D%/convert.c %D%/convert.h %D%/option_args.c %D%/option_args.h %D%/output.c %D%/output.h \
	%D%/subject.c %D%/subject.h %D%/summary.c %D%/summary.h %D%/tracetime.c %D%/tracetime.h

bin_PROGRAMS += weir
weir_SOURCES = %D%/main.c
weir_LDADD = libtools.la libencode.la libpool.la libpolicy.la
