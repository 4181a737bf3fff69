# SPDX-License-Identifier: Apache-2.0
libtools_la_SOURCES += \
	%D%/command_line.c %D%/command_line.h %D%/dynsym.c %D%/dynsym.h %D%/elf.c %D%/elf.h %D%/foreign.c %D%/foreign.h \
	%D%/locate.c %D%/locate.h %D%/locate_pid.c %D%/look.c %D%/look.h \
	%D%/mailbox.c %D%/mailbox.h %D%/measure.c %D%/measure.h %D%/memory_limit.c \
	%D%/memory_limit.h %D%/proc.c %D%/proc.h %D%/sidecar.c %D%/sidecar.h %D%/sidecar_load.c \
	%D%/system_line.c %D%/system_line.h %D%/trace_exit.c %D%/trace_hold.c %D%/trace_load.c \
	%D%/trace_names.c %D%/trace_parts.c %D%/trace_read.h %D%/trace_source.c \
	%D%/trace_view.c %D%/trace_view.h
