# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/attach_load.c %D%/attach_load.h %D%/attach_tell.c %D%/attach_tell.h \
	%D%/cmd.c %D%/cmd.h %D%/cmd_attach.c %D%/cmd_collect.c %D%/cmd_detach.c %D%/cmd_doctor.c %D%/cmd_encode.c %D%/cmd_export.c %D%/cmd_growth.c \
	%D%/cmd_report.c %D%/cmd_run.c %D%/run_warn.c %D%/run_warn.h %D%/cmd_snap.c %D%/cmd_stat.c %D%/cmd_top.c %D%/cmd_tune.c \
	%D%/cmd_holders.c %D%/holders_answer.c %D%/holders_answer.h \
	%D%/holders_take.c %D%/holders_take.h %D%/inspected.c %D%/inspected.h \
	%D%/configured.c %D%/configured.h %D%/convert.c %D%/convert.h %D%/mail_args.c %D%/mail_args.h %D%/option_args.c %D%/option_args.h %D%/output.c %D%/output.h %D%/prune.c %D%/prune.h \
	%D%/descendants.c %D%/descendants.h %D%/subject.c %D%/subject.h %D%/summary.c %D%/summary.h %D%/tracetime.c %D%/tracetime.h

bin_PROGRAMS += weir
weir_SOURCES = %D%/main.c
weir_LDADD = libtools.a libencode.a libpool.a libpolicy.a $(TOOLS_LIBS)
