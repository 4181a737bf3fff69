#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Other builds than the usual one: by clang, under sanitizers, installed below a prefix.

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
  quietly "$WEIR_SRCDIR/configure" CC=clang --enable-werror ac_cv_path_BATS=no
  quietly make
  quietly make check TESTS=
}

@test "the C tests pass under the address and undefined-behaviour sanitizers" {
  quietly "$WEIR_SRCDIR/configure" --enable-sanitizers ac_cv_path_BATS=no
  quietly make check
  [ -n "$(find . -name 'test_*.trs')" ]
}

@test "make install puts weir below its prefix, where it works, and uninstall removes it" {
  prefix=$BATS_TEST_TMPDIR/prefix
  quietly "$WEIR_SRCDIR/configure" --prefix="$prefix" ac_cv_path_BATS=no
  quietly make install
  (cd "$prefix" && find . -type f | sort) >installed
  diff - installed <<'END'
./bin/weir
./include/weir/encode.h
./include/weir/scratch.h
./include/weir/stats.h
./lib/libweir.a
./lib/libweir.la
./lib/libweir.so.0.0.0
./lib/pkgconfig/weir.pc
./lib/weir/libweir_preload.so
./share/doc/weir/LICENSE
./share/doc/weir/NEWS.md
./share/doc/weir/README.md
./share/doc/weir/sidecar.md
./share/man/man1/weir.1
END
  # Away from the build, it finds the shim that was installed with it.
  make distclean >/dev/null
  "$prefix/bin/weir" run --stats="$PWD/stats.weir" -- \
    perl -e 'print length("x" x 5000000)' 3>&-
  [ -s stats.weir ]
  "$prefix/bin/weir" stat --check stats.weir
  quietly "$WEIR_SRCDIR/configure" --prefix="$prefix" ac_cv_path_BATS=no
  quietly make uninstall
  [ -z "$(find "$prefix" -type f)" ]
}
