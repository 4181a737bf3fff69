#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The release: the tarball is what git holds and nothing that nobody reviewed, and it builds,
# tests and installs from a read-only folder.

load repo

setup_file() {
  in_git || return 0
  mkdir "$BATS_FILE_TMPDIR/build"
  cd "$BATS_FILE_TMPDIR/build" || return
  "$WEIR_SRCDIR/configure" --disable-dependency-tracking >configure.log 2>&1 || {
    tail -n 20 configure.log
    return 1
  }
}

setup() {
  in_git || skip "not a git checkout"
}

# The files that autogen.sh writes; all others in the tarball are in git.
generated() {
  cat <<'END'
Makefile.in
aclocal.m4
build-aux/ar-lib
build-aux/compile
build-aux/config.guess
build-aux/config.sub
build-aux/depcomp
build-aux/install-sh
build-aux/missing
build-aux/tap-driver.sh
config.h.in
configure
END
}

@test "the tarball holds the files of git and those that autogen.sh generates, no other" {
  cd "$BATS_FILE_TMPDIR/build"
  make dist-gzip >dist.log 2>&1 || {
    tail -n 20 dist.log
    return 1
  }
  tar tzf weir-*.tar.gz | grep -v '/$' | sed 's|^[^/]*/||' | sort >"$BATS_TEST_TMPDIR/dist"
  { generated && git -C "$WEIR_SRCDIR" ls-files; } | sort >"$BATS_TEST_TMPDIR/wanted"
  diff "$BATS_TEST_TMPDIR/wanted" "$BATS_TEST_TMPDIR/dist"
}

@test "the tarball builds without a warning, passes its C tests, installs and uninstalls" {
  cd "$BATS_FILE_TMPDIR/build"
  # Whether the sources that git has compile at -O2 without a warning, run-tests sees when it builds them. Without
  # expensive-optimizations gcc leaves the upper halves of registers dirty behind AVX2, which is slow and no error.
  make distcheck DISTCHECK_CONFIGURE_FLAGS="--enable-werror ac_cv_path_BATS=no CFLAGS='-O1 -g0 -fexpensive-optimizations' \
    --disable-dependency-tracking" >distcheck.log 2>&1 || {
    tail -n 20 distcheck.log
    failed_tests
    return 1
  }
}
