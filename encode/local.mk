# SPDX-License-Identifier: Apache-2.0
# libweir: the encoders, the bytes operations and the scratch API, for programs to link with.
# What each instruction set's file is compiled with, no other file may be.
noinst_LIBRARIES += libencode.a
EXTRA_LIBRARIES += libencode_sse4.a libencode_avx2.a libencode_avx512.a
libencode_a_SOURCES = \
	%D%/lanes/align.h \
	%D%/all.h \
	%D%/base64.c \
	%D%/lanes/base64_encode_lanes.h \
	%D%/lanes/base64_lanes.h \
	%D%/cache.c %D%/cache.h \
	%D%/choose.c \
	%D%/chunked.c \
	%D%/codec.h \
	%D%/compress.c %D%/compress.h \
	%D%/copy.c \
	%D%/lanes/copy_lanes.h \
	%D%/cow.c \
	%D%/lanes/from_utf8_128.h \
	%D%/hex.c \
	%D%/kept.h \
	%D%/lines.c \
	%D%/neon/neon.c \
	%D%/neon/neon_base64.c %D%/neon/neon_base64.h \
	%D%/neon/neon_from_utf8.c \
	%D%/neon/neon_latin1.c \
	%D%/neon/neon_staged.c \
	%D%/neon/neon_text.h \
	%D%/neon/neon_to_utf8.c \
	%D%/neon/neon_utf8.c \
	%D%/neon/neon_whole.c \
	%D%/oneshot.c \
	%D%/lanes/regular.h \
	%D%/scalar.c \
	%D%/scratch_own.c \
	%D%/search.c \
	%D%/sizes.c \
	%D%/lanes/short_load.h \
	%D%/lanes/staged.h \
	%D%/state.h \
	%D%/stream.c %D%/stream.h \
	%D%/tables.c \
	%D%/text.c \
	%D%/lanes/text128.h \
	%D%/text_out.h \
	%D%/lanes/text_run.h \
	%D%/text_utf16.c \
	%D%/lanes/to_utf8_128.h \
	%D%/two_way.c %D%/two_way.h \
	%D%/units.c \
	%D%/lanes/utf8_rules.h \
	%D%/lanes/v128.h \
	%D%/view.c \
	%D%/lanes/whole.h %D%/lanes/zero_upper.h \
	%D%/widen.h
libencode_a_LIBADD = $(libencode_sse4_a_OBJECTS) $(libencode_avx2_a_OBJECTS) $(libencode_avx512_a_OBJECTS)
# automake does not see that.
libencode_a_DEPENDENCIES = $(libencode_a_LIBADD)
libencode_sse4_a_SOURCES = \
	%D%/sse4/sse4.c %D%/sse4/sse4.h %D%/sse4/sse4_base64.c %D%/sse4/sse4_text.c
# Short loops run half as fast across two lines of code: each build has them at the same places.
KERNEL_CFLAGS = $(AM_CFLAGS) -falign-functions=64
libencode_sse4_a_CFLAGS = $(KERNEL_CFLAGS) $(SSE4_CFLAGS)
libencode_avx2_a_SOURCES = \
	%D%/avx2/avx2.c %D%/avx2/avx2.h %D%/avx2/avx2_base64.c %D%/avx2/avx2_bytes.c \
	%D%/avx2/avx2_from_utf8.c %D%/avx2/avx2_latin1.c %D%/avx2/avx2_text.h \
	%D%/avx2/avx2_to_utf8.c %D%/avx2/avx2_units.h %D%/avx2/avx2_utf8.c %D%/avx2/avx2_utf8.h %D%/avx2/avx2_whole.c
# vzeroupper is where the kernels have it: the compiler would add another one to each.
libencode_avx2_a_CFLAGS = $(KERNEL_CFLAGS) $(AVX2_CFLAGS)
libencode_avx512_a_SOURCES = \
	%D%/avx512/avx512.c %D%/avx512/avx512.h %D%/avx512/avx512_base64.c %D%/avx512/avx512_base64_encode.c %D%/avx512/avx512_carry.h \
	%D%/avx512/avx512_copy.c %D%/avx512/avx512_latin1.c \
	%D%/avx512/avx512_text.h %D%/avx512/avx512_from_utf8.c %D%/avx512/avx512_from_utf8.h %D%/avx512/avx512_from_utf8_whole.c \
	%D%/avx512/avx512_to_utf8.c \
	%D%/avx512/avx512_utf8.c %D%/avx512/avx512_utf8.h
libencode_avx512_a_CFLAGS = $(KERNEL_CFLAGS) $(AVX512_CFLAGS)

libweir_objects = $(libencode_a_OBJECTS) $(libencode_a_LIBADD) $(libpool_a_OBJECTS) $(libpolicy_a_OBJECTS)
lib_LIBRARIES += libweir.a
libweir_a_SOURCES =
libweir_a_LIBADD = $(libweir_objects)

# The first figure is the ABI's: it changes when a program that was linked before would break.
abiexec_PROGRAMS += libweir.so.0.0.0
libweir_so_0_0_0_SOURCES =
libweir_so_0_0_0_LDADD = $(libweir_objects)
libweir_so_0_0_0_LDFLAGS = $(AM_LDFLAGS) -shared -Wl,-soname,libweir.so.0 $(OLD_PTHREAD_LIBS) \
	-Wl,-z,relro -Wl,-z,now -Wl,--version-script=$(top_srcdir)/encode/libweir.map
EXTRA_libweir_so_0_0_0_DEPENDENCIES = $(top_srcdir)/encode/libweir.map
BUILT_LATER += libweir.so
libweir.so: libweir.so.0.0.0
	$(AM_V_GEN)rm -f libweir.so.0 $@ && $(LN_S) libweir.so.0.0.0 libweir.so.0 && $(LN_S) libweir.so.0 $@
CLEANFILES += libweir.so libweir.so.0
install-exec-hook::
	cd '$(DESTDIR)$(libdir)' && rm -f libweir.so.0 libweir.so && \
		$(LN_S) libweir.so.0.0.0 libweir.so.0 && $(LN_S) libweir.so.0 libweir.so
uninstall-hook::
	rm -f '$(DESTDIR)$(libdir)/libweir.so' '$(DESTDIR)$(libdir)/libweir.so.0'
EXTRA_DIST += %D%/libweir.map

pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = weir.pc
