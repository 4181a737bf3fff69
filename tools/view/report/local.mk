# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/report.h %D%/report_assets.h %D%/report_data.c %D%/report_fill.c %D%/report_findings.c \
	%D%/report_html.c %D%/report_html.h %D%/report_page.c %D%/report_run.c %D%/report_sites.c \
	%D%/report_stacks.c %D%/report_summary.c %D%/report_tables.c
nodist_libtools_a_SOURCES = %D%/report_assets.c

# The page of `weir report`, in the command.
report_assets = %D%/report.html %D%/report.css %D%/report.js
EXTRA_DIST += $(report_assets)
CLEANFILES += %D%/report_assets.c
%D%/report_assets.c: $(report_assets) scripts/embed
	$(AM_V_GEN)$(MKDIR_P) %D% && $(srcdir)/scripts/embed \
		html=$(srcdir)/%D%/report.html css=$(srcdir)/%D%/report.css \
		js=$(srcdir)/%D%/report.js >$@.tmp && mv $@.tmp $@
