#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Other builds than the usual one, by clang and under sanitizers; and what is installed.

load repo

setup() {
  mkdir "$BATS_TEST_TMPDIR/build"
  cd "$BATS_TEST_TMPDIR/build" || return
}

# quietly COMMAND...: shows what it printed if it fails.
quietly() {
  "$@" >quietly.log 2>&1 </dev/null 3>&- && return
  grep -vE '^(ok|PASS|  CC|  CCLD) ' quietly.log | tail -n 40
  return 1
}

@test "clang builds everything without a warning" {
  command -v clang || skip "no clang"
  # What clang warns of, it sees before it optimizes.
  quietly "$WEIR_SRCDIR/configure" CC=clang CFLAGS="-O0 -g0" --enable-werror ac_cv_path_BATS=no \
    --disable-dependency-tracking
  quietly make
  quietly make check TESTS=
}

@test "the C tests pass under the address and undefined-behaviour sanitizers" {
  quietly "$WEIR_SRCDIR/configure" CFLAGS="-O1 -g1 -fexpensive-optimizations" --enable-sanitizers ac_cv_path_BATS=no \
    --disable-dependency-tracking
  quietly make check || {
    failed_tests
    return 1
  }
  [ -n "$(find . -name 'test_*.trs')" ]
}

@test "for 64-bit ARM the shim compiles without a warning, and serves a guest in an emulator, with pages of 4, 16 and 64 KB" {
  cc=aarch64-linux-gnu-gcc
  command -v $cc || skip "no $cc here"
  command -v qemu-aarch64 || skip "no qemu-aarch64 here"
  arm() {
    $cc -std=gnu11 -O1 -D_GNU_SOURCE -fno-builtin -fno-strict-aliasing -pthread -Wall -Wextra -Werror \
      -I"$WEIR_SRCDIR" -I"$WEIR_SRCDIR/include" -I"$WEIR_BUILDDIR" "-DPKGLIBDIR=\"/nowhere\"" "$@"
  }
  arm -shared -fPIC -fvisibility=hidden -ftls-model=initial-exec -o shim.so \
    "$WEIR_SRCDIR"/preload/{,*/}*.c "$WEIR_SRCDIR"/pool/*.c "$WEIR_SRCDIR"/policy/*.c "$WEIR_SRCDIR"/trace/*/*.c
  arm -o stress "$WEIR_SRCDIR/tests/preload/stress.c"
  # The emulator gives the program pages of any size.
  for page in 4096 16384 65536; do
    for options in enabled floor=8K,threshold=1M; do
      WEIR_OPTIONS=stats=$PWD/arm.weir,$options qemu-aarch64 -p $page -L /usr/aarch64-linux-gnu \
        -E LD_PRELOAD="$PWD/shim.so" ./stress 1 300 9 >got 3>&-
      "$WEIR_BUILDDIR/tests/preload/stress" 1 300 9 | diff - got
      "$WEIR_BUILDDIR/weir" stat --check arm.weir
      [ "$("$WEIR_BUILDDIR/weir" stat --json arm.weir | jq .page_bytes)" -eq $page ]
      rm arm.weir
    done
  done
}

@test "with musl the shim compiles without a warning, and serves a guest" {
  command -v musl-gcc || skip "no musl-gcc here"
  mkdir kernel
  ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/$(uname -m)-linux-gnu/asm" kernel/
  musl() {
    musl-gcc -std=gnu11 -O1 -D_GNU_SOURCE -fno-builtin -fno-strict-aliasing -Wall -Wextra -Werror -isystem kernel \
      -I"$WEIR_SRCDIR" -I"$WEIR_SRCDIR/include" -I"$WEIR_BUILDDIR" "-DPKGLIBDIR=\"/nowhere\"" "$@"
  }
  musl -shared -fPIC -fvisibility=hidden -ftls-model=initial-exec -o shim.so \
    "$WEIR_SRCDIR"/preload/{,*/}*.c "$WEIR_SRCDIR"/pool/*.c "$WEIR_SRCDIR"/policy/*.c "$WEIR_SRCDIR"/trace/*/*.c
  # It has no malloc_trim to be linked with.
  musl "-Dmalloc_trim(pad)=(void)(pad)" -o stress "$WEIR_SRCDIR/tests/preload/stress.c"
  ./stress 1 300 9 >wanted 3>&-
  for options in enabled floor=8K,threshold=1M; do
    env LD_PRELOAD="$PWD/shim.so" WEIR_OPTIONS="stats=$PWD/musl.weir,$options" ./stress 1 300 9 3>&- | diff wanted -
    "$WEIR_BUILDDIR/weir" stat --check musl.weir
    rm musl.weir
  done
  # musl's calloc calls malloc, its memalign aligned_alloc: of 500 blocks that stay 300 are sampled, if each counts once.
  cat >calls.c <<'END'
#include <malloc.h>
#include <stdlib.h>
void *volatile kept;
int main(int argc, char **argv)
{
	for (int i = 0; i < 1000; i++) {
		kept = *argv[1] == 'm' ? memalign(64, 60000) : calloc(1, 60000);
		if (i % 2 == 0)
			free(kept);
	}
	return argc - 2;
}
END
  musl -o calls calls.c
  for how in memalign calloc; do
    env LD_PRELOAD="$PWD/shim.so" WEIR_OPTIONS="stats=$PWD/musl.weir,trace_sample=64K" ./calls $how 3>&-
    samples=$("$WEIR_BUILDDIR/weir" stat --json musl.weir | jq '[.small_sizes[].live_samples] | add')
    echo "$how: $samples"
    [ "$samples" -gt 230 ] && [ "$samples" -lt 360 ]
    rm musl.weir
  done
}

@test "what is built is the same, byte for byte, in two folders" {
  for folder in here there/is/one; do
    mkdir -p "$folder/build"
    (cd "$WEIR_SRCDIR" && { source_files && echo configure && echo config.h.in && echo Makefile.in && echo aclocal.m4; } |
      sort -u | tar c -T - build-aux) | tar x -C "$folder"
    (cd "$folder/build" && quietly ../configure CFLAGS="-O0 -g" && quietly make -o ../configure -o ../Makefile.in \
      libweir_preload.so)
  done
  cmp here/build/libweir_preload.so there/is/one/build/libweir_preload.so
}

@test "make install puts weir where it is told to, it works there, and uninstall removes it" {
  root=$BATS_TEST_TMPDIR/root
  quietly make -C "$WEIR_BUILDDIR" install DESTDIR="$root" prefix=/usr
  (cd "$root/usr" && find . -type f -not -path './share/doc/*' | sort) >installed
  {
    sources_like '^include/weir/.*\.h$' | sed 's|^|./|'
    cat <<'END'
./bin/weir
./lib/libweir.a
./lib/libweir.so.0.0.0
./lib/pkgconfig/weir.pc
./lib/weir/libweir_attach.so
./lib/weir/libweir_preload.so
./lib/weir/weir_collect.js
./share/bash-completion/completions/weir
./share/fish/vendor_completions.d/weir.fish
./share/zsh/site-functions/_weir
./share/man/man1/weir-attach.1
./share/man/man1/weir-collect.1
./share/man/man1/weir-encode.1
./share/man/man1/weir-growth.1
./share/man/man1/weir-holders.1
./share/man/man1/weir.1
./share/man/man3/libweir.3
END
  } | sort | diff - installed
  (cd / && "$root/usr/bin/weir" run --stats="$BATS_TEST_TMPDIR/stats.weir" -- \
    perl -e 'print length("x" x 5000000)') 3>&-
  "$root/usr/bin/weir" stat --check "$BATS_TEST_TMPDIR/stats.weir"
  quietly make -C "$WEIR_BUILDDIR" uninstall DESTDIR="$root" prefix=/usr
  [ -z "$(find "$root" -not -type d)" ]
}
