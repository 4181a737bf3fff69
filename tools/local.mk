# SPDX-License-Identifier: Apache-2.0
# All of the command except main.c is a library, so that the unit tests and fuzzers link it.
noinst_LTLIBRARIES += libtools.la
libtools_la_CPPFLAGS = $(AM_CPPFLAGS) -DPKGLIBDIR='"$(pkglibdir)"'
libtools_la_SOURCES = \
	%D%/check.c %D%/check.h %D%/check_sites.c \
	%D%/cmd.c %D%/cmd.h %D%/cmd_doctor.c %D%/cmd_encode.c %D%/cmd_report.c %D%/cmd_run.c \
	%D%/cmd_stat.c %D%/cmd_top.c \
	%D%/convert.c %D%/convert.h \
	%D%/derive.c %D%/derive.h \
	%D%/elf.c %D%/elf.h \
	%D%/cmd_export.c %D%/cmd_growth.c %D%/cmd_snap.c \
	%D%/export.h %D%/export_amounts.c %D%/export_folded.c %D%/export_gzip.c \
	%D%/export_gzip.h %D%/export_heapprofile.c \
	%D%/export_openmetrics.c %D%/export_pprof.c %D%/export_protobuf.c \
	%D%/export_protobuf.h %D%/export_speedscope.c \
	%D%/finding.c %D%/finding.h \
	%D%/growth_advice.c %D%/growth_json.c %D%/growth_source.c %D%/growth_text.c \
	%D%/growth_view.h \
	%D%/tracetime.c %D%/tracetime.h \
	%D%/growth_blame.c %D%/growth_blame.h \
	%D%/growth_files.c %D%/growth_files.h %D%/growth_group.c %D%/growth_group.h %D%/growth_model.c %D%/growth_model.h \
	%D%/growth_rows.c %D%/growth_rows.h \
	%D%/growth_origin.c %D%/growth_place.c %D%/growth_place.h \
	%D%/growth_verdict.c %D%/growth_verdict.h \
	%D%/guest.c %D%/guest.h \
	%D%/json.c %D%/json.h \
	%D%/launch.c %D%/launch.h \
	%D%/locate.c %D%/locate.h %D%/locate_pid.c \
	%D%/machine.c %D%/machine.h \
	%D%/mailbox.c %D%/mailbox.h \
	%D%/measure.c %D%/measure.h \
	%D%/memory_limit.c %D%/memory_limit.h \
	%D%/option_args.c %D%/option_args.h \
	%D%/proc.c %D%/proc.h \
	%D%/report.h %D%/report_assets.h %D%/report_data.c %D%/report_fill.c %D%/report_findings.c \
	%D%/report_html.c %D%/report_html.h %D%/report_page.c %D%/report_run.c \
	%D%/report_sites.c %D%/report_stacks.c %D%/report_tables.c \
	%D%/running.c %D%/running.h \
	%D%/show.c %D%/show.h \
	%D%/sidecar.c %D%/sidecar.h %D%/sidecar_load.c \
	%D%/stat_check.c %D%/stat_check.h \
	%D%/stat_json.c \
	%D%/stat_tables.c %D%/stat_tables.h \
	%D%/stat_text.c %D%/stat_trace.c \
	%D%/stat_view.h \
	%D%/sourcemap.c %D%/sourcemap.h %D%/sourcemap_load.c \
	%D%/subject.c %D%/subject.h %D%/symbolize.c %D%/symbolize.h \
	%D%/summary.c %D%/summary.h \
	%D%/table.c %D%/table.h \
	%D%/target.c %D%/target.h \
	%D%/tell.c %D%/tell.h \
	%D%/top_columns.c %D%/top_columns.h %D%/top_frame.c %D%/top_frame.h \
	%D%/top_head.c %D%/top_head.h \
	%D%/top_model.c %D%/top_model.h %D%/top_screen.c %D%/top_screen.h \
	%D%/top_sites.c %D%/top_sites.h %D%/top_text.c %D%/top_text.h \
	%D%/cmd_tune.c %D%/tune_model.c %D%/tune_model.h \
	%D%/trace_cost.c %D%/trace_cost.h \
	%D%/trace_exit.c %D%/trace_load.c %D%/trace_names.c %D%/trace_parts.c %D%/trace_read.h \
	%D%/trace_row.c %D%/trace_row.h %D%/trace_view.c %D%/trace_view.h
nodist_libtools_la_SOURCES = tools/report_assets.c
libtools_la_LIBADD = $(CURSES_LIBS) $(JSON_C_LIBS) $(DW_LIBS)

# The page of `weir report`, in the command.
report_assets = %D%/report.html %D%/report.css %D%/report.js
EXTRA_DIST += $(report_assets)
CLEANFILES += tools/report_assets.c
tools/report_assets.c: $(report_assets) scripts/embed
	$(AM_V_GEN)$(MKDIR_P) tools && $(srcdir)/scripts/embed \
		html=$(srcdir)/%D%/report.html css=$(srcdir)/%D%/report.css \
		js=$(srcdir)/%D%/report.js >$@.tmp && mv $@.tmp $@

bin_PROGRAMS += weir
weir_SOURCES = %D%/main.c
weir_LDADD = libtools.la libencode.la libpool.la libpolicy.la
