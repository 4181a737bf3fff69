# SPDX-License-Identifier: Apache-2.0
# A test is one file, tests/unit/NAME.c. To add one, add its line here.
UNIT_TESTS = \
	%D%/test_account \
	%D%/test_aging \
	%D%/test_aside \
	%D%/test_attachable \
	%D%/test_backing \
	%D%/test_beat \
	%D%/test_bounds \
	%D%/test_burst_bound \
	%D%/test_bytes \
	%D%/test_capture \
	%D%/test_call_filter \
	%D%/test_call_target \
	%D%/test_census \
	%D%/test_check \
	%D%/test_code \
	%D%/test_collecting \
	%D%/test_container \
	%D%/test_script_name \
	%D%/test_emit \
	%D%/test_process_tree \
	%D%/test_encode_dialects \
	%D%/test_encode_standards \
	%D%/test_encode_stream \
	%D%/test_encode_short \
	%D%/test_encode_text \
	%D%/test_encode_tiers \
	%D%/test_eve \
	%D%/test_find \
	%D%/test_gather \
	%D%/test_gather_bounds \
	%D%/test_grades \
	%D%/test_growth_blame \
	%D%/test_growth_cycles \
	%D%/test_growth_lefts \
	%D%/test_growth_rest \
	%D%/test_growth_lines \
	%D%/test_growth_model \
	%D%/test_growth_headline \
	%D%/test_growth_parts \
	%D%/test_growth_sums \
	%D%/test_growth_trend \
	%D%/test_growth_rows \
	%D%/test_growth_rules \
	%D%/test_growth_script \
	%D%/test_growth_verdict \
	%D%/test_growth_work \
	%D%/test_growth_young \
	%D%/test_heap_partly \
	%D%/test_heap_usable \
	%D%/test_holders \
	%D%/test_holders_most \
	%D%/test_hoard \
	%D%/test_inspectable \
	%D%/test_intern \
	%D%/test_launch \
	%D%/test_late \
	%D%/test_limited \
	%D%/test_lock \
	%D%/test_magazine \
	%D%/test_majors \
	%D%/test_mapped \
	%D%/test_looks \
	%D%/test_mailbox \
	%D%/test_option_value \
	%D%/test_options \
	%D%/test_pool \
	%D%/test_pool_churn \
	%D%/test_pool_fork \
	%D%/test_pool_growth \
	%D%/test_pool_offer \
	%D%/test_pool_purge \
	%D%/test_pool_regions \
	%D%/test_pages \
	%D%/test_pages_move \
	%D%/test_process_image \
	%D%/test_profile \
	%D%/test_publish \
	%D%/test_purge \
	%D%/test_python \
	%D%/test_python_gc \
	%D%/test_rest \
	%D%/test_route \
	%D%/test_rows \
	%D%/test_picture \
	%D%/test_safe_point \
	%D%/test_show \
	%D%/test_sites \
	%D%/test_sample \
	%D%/test_sampling \
	%D%/test_sidecar \
	%D%/test_scratch_memory \
	%D%/test_scratch_own \
	%D%/test_scratch_pool \
	%D%/test_sourcemap \
	%D%/test_stats_layout \
	%D%/test_symbol_table \
	%D%/test_thread_stack \
	%D%/test_threads \
	%D%/test_token \
	%D%/test_top_frame \
	%D%/test_trace_cost \
	%D%/test_trace_exit \
	%D%/test_trace_view \
	%D%/test_unwind \
	%D%/test_v8 \
	%D%/test_v8_async \
	%D%/test_remote \
	%D%/test_tune_model \
	%D%/test_walk_again \
	%D%/test_weak_order \
	%D%/test_weak_readers \
	%D%/test_zero

# The archives that tests are linked with; the linker takes only what a test uses.
UNIT_LIBS = libtools.a libencode.a libtrace.a libpool.a libpolicy.a

check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)
# Those of the command that look at a sidecar.
TRACE_SAMPLE = tests/tools/sidecar_sample.c tests/tools/trace_sample.c \
	tests/tools/trace_sample.h tests/tools/trace_story.c
%C%_test_aside_SOURCES = %D%/test_aside.c preload/entries/aside.c preload/machine/trays.c preload/ground/gate.c
%C%_test_aside_CFLAGS = $(AM_CFLAGS) -pthread -fno-builtin-malloc -fno-builtin-calloc
%C%_test_bounds_SOURCES = %D%/test_bounds.c preload/clock/bounds.c
%C%_test_remote_SOURCES = %D%/test_remote.c preload/machine/remote.c preload/machine/small_file.c preload/ground/own_files.c preload/ground/gate.c
%C%_test_mapped_SOURCES = %D%/test_mapped.c preload/ground/mapped.c
%C%_test_mailbox_SOURCES = %D%/test_mailbox.c $(TRACE_SAMPLE)
%C%_test_growth_lines_SOURCES = %D%/test_growth_lines.c $(TRACE_SAMPLE)
%C%_test_growth_model_SOURCES = %D%/test_growth_model.c $(TRACE_SAMPLE)
%C%_test_growth_sums_SOURCES = %D%/test_growth_sums.c $(TRACE_SAMPLE)
%C%_test_growth_rows_SOURCES = %D%/test_growth_rows.c $(TRACE_SAMPLE)
%C%_test_growth_blame_SOURCES = %D%/test_growth_blame.c $(TRACE_SAMPLE)
%C%_test_top_frame_SOURCES = %D%/test_top_frame.c $(TRACE_SAMPLE)
%C%_test_trace_exit_SOURCES = %D%/test_trace_exit.c $(TRACE_SAMPLE)
%C%_test_trace_view_SOURCES = %D%/test_trace_view.c $(TRACE_SAMPLE)
%C%_test_publish_SOURCES = %D%/test_publish.c tests/tools/sidecar_sample.c
%C%_test_rows_SOURCES = %D%/test_rows.c tests/tools/sidecar_sample.c
%C%_test_check_SOURCES = %D%/test_check.c $(TRACE_SAMPLE)
%C%_test_tune_model_SOURCES = %D%/test_tune_model.c tests/tools/sidecar_sample.c
%C%_test_sidecar_SOURCES = %D%/test_sidecar.c tests/tools/sidecar_sample.c
$(UNIT_TESTS): LDADD = $(UNIT_LIBS) $(TOOLS_LIBS)
$(UNIT_TESTS): $(UNIT_LIBS)
%C%_test_census_SOURCES = %D%/test_census.c tests/tools/sidecar_sample.c
%C%_test_census_LDADD = $(UNIT_LIBS) $(TOOLS_LIBS) -lm
%C%_test_sample_LDADD = $(UNIT_LIBS) $(TOOLS_LIBS) -lm
# It has a V8 to be found among its symbols; this one a CPython.
%C%_test_python_gc_LDFLAGS = $(AM_LDFLAGS) -rdynamic
%C%_test_capture_LDFLAGS = $(AM_LDFLAGS) -rdynamic
EXTRA_DIST += tests/unit/bytes_model.h tests/unit/growth_parts_series.h tests/unit/growth_sample.h tests/unit/growth_series.h tests/unit/guard.h \
	tests/unit/gather_model.h tests/unit/made.h tests/unit/moves.h tests/unit/options_parse.h tests/unit/pool_model.h \
	tests/unit/published.h tests/unit/races.h tests/unit/heap_snapshot.h tests/unit/tiers.h tests/unit/trace_parsed.h tests/unit/uppers.h tests/unit/v8_image.h tests/unit/weak_order.h
