# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/container.c %D%/container.h %D%/dynsym.c %D%/dynsym.h %D%/elf.c %D%/elf.h %D%/script_name.c %D%/script_name.h %D%/foreign.c %D%/foreign.h \
	%D%/locate.c %D%/locate.h %D%/locate_folder.c %D%/locate_pid.c %D%/look.c %D%/look.h \
	%D%/config_file.c %D%/config_file.h %D%/collections.c %D%/collections.h %D%/mailbox.c %D%/mailbox.h %D%/measure.c %D%/measure.h %D%/memory_limit.c \
	%D%/memory_limit.h %D%/program_path.c %D%/program_path.h %D%/proc.c %D%/proc.h %D%/proc_threads.c %D%/proc_threads.h %D%/proc_account.c %D%/proc_account.h %D%/process_image.c %D%/process_image.h %D%/link_map.c %D%/link_map.h %D%/sidecar.c %D%/sidecar.h %D%/sidecar_load.c \
	%D%/system_line.c %D%/system_line.h %D%/trace_exit.c %D%/trace_hold.c %D%/trace_load.c \
	%D%/trace_names.c %D%/trace_parts.c %D%/trace_read.h %D%/trace_source.c \
	%D%/trace_view.c %D%/trace_view.h \
	%D%/heapsnap.h %D%/heapsnap_cursor.c %D%/heapsnap_cursor.h %D%/heapsnap_graph.c %D%/heapsnap_graph.h \
	%D%/heapsnap_memory.c %D%/heapsnap_open.c %D%/heapsnap_pair.c %D%/heapsnap_pass.c %D%/heapsnap_targets.c \
	%D%/heapsnap_targets.h %D%/heapsnap_tree.c %D%/heapsnap_tree.h \
	%D%/listeners.c %D%/listeners.h
