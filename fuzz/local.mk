# SPDX-License-Identifier: Apache-2.0
# A target is one file, fuzz/fuzz_NAME.c, with what fuzzing found in fuzz/corpus/NAME. To add
# one: a line in FUZZ_TARGETS, and the SOURCES line of its fuzzer.
FUZZ_TARGETS = \
	%D%/fuzz_base64 \
	%D%/fuzz_bytes \
	%D%/fuzz_dynsym \
	%D%/fuzz_elf \
	%D%/fuzz_encode \
	%D%/fuzz_heap \
	%D%/fuzz_heapsnap \
	%D%/fuzz_hex \
	%D%/fuzz_options \
	%D%/fuzz_pool \
	%D%/fuzz_sidecar \
	%D%/fuzz_sourcemap \
	%D%/fuzz_text \
	%D%/fuzz_trace \
	%D%/fuzz_views \
	%D%/fuzz_v8
FUZZ_LIBS = libtools.a libencode.a libtrace.a libpool.a libpolicy.a

# `make check` replays the corpora, with any compiler.
check_LIBRARIES += libreplay.a
libreplay_a_SOURCES = %D%/changed.h %D%/fuzz.h %D%/fuzz_codec.h %D%/plain.h %D%/replay.c
check_PROGRAMS += $(FUZZ_TARGETS)
TESTS += $(FUZZ_TARGETS)
%C%_fuzz_views_SOURCES = %D%/fuzz_views.c tests/tools/sidecar_sample.c \
	tests/tools/trace_sample.c tests/tools/trace_story.c
%C%_fuzz_sidecar_SOURCES = %D%/fuzz_sidecar.c tests/tools/sidecar_sample.c
%C%_fuzz_trace_SOURCES = %D%/fuzz_trace.c tests/tools/sidecar_sample.c \
	tests/tools/trace_sample.c tests/tools/trace_story.c
%C%_fuzz_heap_LDADD = libreplay.a libshimheap.a $(FUZZ_LIBS) $(TOOLS_LIBS)
$(FUZZ_TARGETS): LDADD = libreplay.a $(FUZZ_LIBS) $(TOOLS_LIBS)
$(FUZZ_TARGETS): libreplay.a $(FUZZ_LIBS)

# The fuzzers proper, fuzz/fuzz_NAME_libfuzzer: ./configure CC=clang --enable-fuzzing
if FUZZING
FUZZERS = $(FUZZ_TARGETS:=_libfuzzer)
noinst_PROGRAMS += $(FUZZERS)
%C%_fuzz_base64_libfuzzer_SOURCES = %D%/fuzz_base64.c
%C%_fuzz_bytes_libfuzzer_SOURCES = %D%/fuzz_bytes.c
%C%_fuzz_dynsym_libfuzzer_SOURCES = %D%/fuzz_dynsym.c
%C%_fuzz_elf_libfuzzer_SOURCES = %D%/fuzz_elf.c
%C%_fuzz_encode_libfuzzer_SOURCES = %D%/fuzz_encode.c
%C%_fuzz_heap_libfuzzer_SOURCES = %D%/fuzz_heap.c
%C%_fuzz_heap_libfuzzer_LDADD = $(FUZZING_FLAGS) libshimheap.a $(FUZZ_LIBS) $(TOOLS_LIBS)
%C%_fuzz_heapsnap_libfuzzer_SOURCES = %D%/fuzz_heapsnap.c
%C%_fuzz_hex_libfuzzer_SOURCES = %D%/fuzz_hex.c
%C%_fuzz_options_libfuzzer_SOURCES = %D%/fuzz_options.c
%C%_fuzz_pool_libfuzzer_SOURCES = %D%/fuzz_pool.c
%C%_fuzz_text_libfuzzer_SOURCES = %D%/fuzz_text.c
%C%_fuzz_v8_libfuzzer_SOURCES = %D%/fuzz_v8.c
%C%_fuzz_views_libfuzzer_SOURCES = $(%C%_fuzz_views_SOURCES)
%C%_fuzz_sourcemap_libfuzzer_SOURCES = %D%/fuzz_sourcemap.c
%C%_fuzz_trace_libfuzzer_SOURCES = $(%C%_fuzz_trace_SOURCES)
%C%_fuzz_sidecar_libfuzzer_SOURCES = $(%C%_fuzz_sidecar_SOURCES)
$(FUZZERS): LDADD = $(FUZZING_FLAGS) $(FUZZ_LIBS) $(TOOLS_LIBS)
$(FUZZERS): $(FUZZ_LIBS)

# `make fuzz FUZZ_SECONDS=600`: each so long. What is new goes to fuzz/found/NAME of the build; an
# input that fails is left beside it and ends the run.
FUZZ_SECONDS = 60
fuzz: run-fuzzers
run-fuzzers: $(FUZZERS)
	for fuzzer in $(FUZZERS); do \
		name=`echo $$fuzzer | $(SED) 's|.*/fuzz_||; s|_libfuzzer$$||'`; \
		$(MKDIR_P) fuzz/found/$$name || exit; \
		./$$fuzzer -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=fuzz/found/$$name- \
			-print_final_stats=1 fuzz/found/$$name $(srcdir)/fuzz/corpus/$$name || exit; \
	done
endif

EXTRA_DIST += %D%/corpus %D%/options.dict
