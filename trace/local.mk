# SPDX-License-Identifier: Apache-2.0
# Built for the shim; unit tests link with it too.
noinst_LIBRARIES += libtrace.a
libtrace_a_CFLAGS = $(AM_CFLAGS) -ftls-model=initial-exec
# The walker by itself, which a test preloads without the tables.
walker_sources = \
	%D%/alive.c %D%/alive.h \
	%D%/checked.c %D%/checked.h \
	%D%/code.c %D%/code.h \
	%D%/code_modules.c %D%/code_modules.h \
	%D%/executable.c %D%/executable.h \
	%D%/lefts.c %D%/lefts.h \
	%D%/majors.c %D%/majors.h \
	%D%/maps.c %D%/maps.h \
	%D%/python.c %D%/python.h \
	%D%/python_gc.c %D%/python_gc.h \
	%D%/python_line.c \
	%D%/symtab.c %D%/symtab.h \
	%D%/unwind.c %D%/unwind.h \
	%D%/unwind_parse.c \
	%D%/v8.c %D%/v8.h %D%/v8_private.h \
	%D%/v8_async.c %D%/v8_async.h \
	%D%/v8_async_callbacks.c \
	%D%/v8_async_layout.c \
	%D%/v8_async_read.c %D%/v8_async_read.h \
	%D%/v8_bytecodes.c \
	%D%/v8_code.c \
	%D%/v8_deopt.c \
	%D%/v8_function.c \
	%D%/v8_gc.c %D%/v8_gc.h \
	%D%/v8_isolates.c %D%/v8_isolates.h \
	%D%/v8_lengths.h \
	%D%/v8_layout.c %D%/v8_layout.h \
	%D%/v8_object.c \
	%D%/v8_optimized.c \
	%D%/v8_position.c \
	%D%/v8_script.c \
	%D%/vm_calls.c %D%/vm_calls.h \
	%D%/walk.c %D%/walk.h %D%/walk_private.h \
	%D%/memo.c %D%/memo.h \
	%D%/walk_again.c %D%/walk_again.h \
	%D%/walk_decode.c \
	%D%/walk_early.c \
	%D%/walk_gcs.c \
	%D%/walk_runtime.c \
	%D%/walk_stack.c \
	%D%/walk_trust.c \
	%D%/walk_waiting.c \
	%D%/walk_words.h
libtrace_a_SOURCES = \
	$(walker_sources) \
	%D%/capture.c %D%/capture.h \
	%D%/seen.c %D%/seen.h \
	%D%/cost.c %D%/cost.h \
	%D%/eve.c %D%/eve.h \
	%D%/intern.c %D%/intern.h \
	%D%/ledger.c %D%/ledger.h \
	%D%/lookup.c %D%/lookup.h \
	%D%/publish.c %D%/publish.h \
	%D%/rows.c %D%/rows.h \
	%D%/sample.c %D%/sample.h \
	%D%/sites.c %D%/sites.h \
	%D%/threads.c %D%/threads.h
