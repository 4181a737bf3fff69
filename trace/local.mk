# SPDX-License-Identifier: Apache-2.0
# Built for the shim; unit tests link with it too.
noinst_LIBRARIES += libtrace.a
libtrace_a_CFLAGS = $(AM_CFLAGS) -ftls-model=initial-exec
# The walker by itself, which a test preloads without the tables.
walker_sources = \
	%D%/ground/alive.c %D%/ground/alive.h \
	%D%/ground/checked.c %D%/ground/checked.h \
	%D%/native/code.c %D%/native/code.h \
	%D%/native/code_modules.c %D%/native/code_modules.h \
	%D%/ground/executable.c %D%/ground/executable.h \
	%D%/runtimes/lefts.c %D%/runtimes/lefts.h \
	%D%/runtimes/majors.c %D%/runtimes/majors.h \
	%D%/native/maps.c %D%/native/maps.h \
	%D%/runtimes/python.c %D%/runtimes/python.h \
	%D%/runtimes/python_gc.c %D%/runtimes/python_gc.h \
	%D%/runtimes/python_line.c \
	%D%/runtimes/runtime_entry.c %D%/runtimes/runtime_entry.h \
	%D%/ground/symtab.c %D%/ground/symtab.h \
	%D%/native/unwind.c %D%/native/unwind.h \
	%D%/native/unwind_parse.c \
	%D%/runtimes/v8.c %D%/runtimes/v8.h %D%/runtimes/v8_private.h \
	%D%/runtimes/v8_async.c %D%/runtimes/v8_async.h \
	%D%/runtimes/v8_async_callbacks.c \
	%D%/runtimes/v8_async_layout.c \
	%D%/runtimes/v8_async_read.c %D%/runtimes/v8_async_read.h \
	%D%/runtimes/v8_bytecodes.c \
	%D%/runtimes/v8_code.c \
	%D%/runtimes/v8_deopt.c \
	%D%/runtimes/v8_function.c \
	%D%/runtimes/v8_gc.c %D%/runtimes/v8_gc.h \
	%D%/runtimes/v8_isolates.c %D%/runtimes/v8_isolates.h \
	%D%/runtimes/v8_lengths.h \
	%D%/runtimes/v8_layout.c %D%/runtimes/v8_layout.h \
	%D%/runtimes/v8_object.c \
	%D%/runtimes/v8_optimized.c \
	%D%/runtimes/v8_position.c \
	%D%/runtimes/v8_script.c \
	%D%/ground/vm_calls.c %D%/ground/vm_calls.h \
	%D%/walk/walk.c %D%/walk/walk.h %D%/walk/walk_private.h \
	%D%/runtimes/memo.c %D%/runtimes/memo.h \
	%D%/walk/walk_again.c %D%/walk/walk_again.h \
	%D%/walk/walk_decode.c \
	%D%/walk/walk_early.c \
	%D%/walk/walk_gcs.c \
	%D%/walk/walk_runtime.c \
	%D%/walk/walk_stack.c \
	%D%/walk/walk_trust.c \
	%D%/walk/walk_waiting.c \
	%D%/walk/walk_words.h
libtrace_a_SOURCES = \
	$(walker_sources) \
	%D%/sites/capture.c %D%/sites/capture.h \
	%D%/sites/seen.c %D%/sites/seen.h \
	%D%/sites/cost.c %D%/sites/cost.h \
	%D%/sites/eve.c %D%/sites/eve.h \
	%D%/ground/intern.c %D%/ground/intern.h \
	%D%/ground/ledger.c %D%/ground/ledger.h \
	%D%/ground/lookup.c %D%/ground/lookup.h \
	%D%/sites/publish.c %D%/sites/publish.h \
	%D%/sites/rows.c %D%/sites/rows.h \
	%D%/sites/sample.c %D%/sites/sample.h \
	%D%/sites/sites.c %D%/sites/sites.h \
	%D%/sites/threads.c %D%/sites/threads.h
