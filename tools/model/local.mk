# SPDX-License-Identifier: Apache-2.0
libtools_a_SOURCES += \
	%D%/census.c %D%/census.h %D%/check.c %D%/check.h %D%/check_sites.c %D%/process_tree.c %D%/process_tree.h %D%/derive.c \
	%D%/derive.h %D%/growth_bins.c \
	%D%/growth_bins.h %D%/growth_course.c %D%/growth_course.h %D%/growth_facts.c %D%/growth_facts_course.c %D%/growth_facts_private.h \
	%D%/growth_facts.h %D%/growth_fill.c %D%/growth_group.c %D%/growth_group.h %D%/growth_judge.c \
	%D%/growth_judge.h %D%/growth_headline.c %D%/growth_headline.h %D%/growth_lines.c %D%/growth_lines.h %D%/growth_lows.c %D%/growth_lows.h %D%/growth_memory.c %D%/growth_memory.h %D%/growth_model.c \
	%D%/growth_heap.c %D%/growth_heap.h %D%/growth_lefts.c %D%/growth_lefts.h %D%/growth_looks.c %D%/growth_looks.h \
	%D%/growth_model.h %D%/growth_parts.c %D%/growth_parts.h %D%/growth_rows.c \
	%D%/growth_rows.h %D%/growth_rest.c %D%/growth_rest.h %D%/growth_rules.h %D%/growth_span.c %D%/growth_span.h \
	%D%/growth_sums.c %D%/growth_sums.h %D%/growth_trend.c %D%/growth_trend.h \
	%D%/growth_cycles.c %D%/growth_cycles.h \
	%D%/growth_verdict.c %D%/growth_verdict.h %D%/growth_window.c %D%/growth_window.h \
	%D%/resident.c %D%/resident.h %D%/top_model.c %D%/top_model.h %D%/top_sites.c \
	%D%/top_sites.h %D%/trace_cost.c %D%/trace_cost.h %D%/tune_model.c %D%/tune_model.h \
	%D%/holders.c %D%/holders.h %D%/holders_lines.c %D%/holders_lines.h %D%/holders_link.c \
	%D%/holders_most.c %D%/holders_most.h %D%/holders_names.c %D%/holders_names.h %D%/holders_reach.c %D%/holders_reach.h
