#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir attach where the files that a process was loaded from are there no more: packages are upgraded while it runs.

load attach

setup() {
  own_sidecars
  can_attach
  cp "$GUESTS/observed" "$BATS_TEST_TMPDIR/program"
}

teardown() {
  end_guest
}

# replace FILE: as a package manager does.
replace() {
  cp "$1" "$1.new"
  mv "$1.new" "$1"
}

# Attached, named by a function of the program or by its place, and gone again.
is_seen() {
  may_trace
  run -0 "$WEIR" attach "$guest"
  order leak 4
  await_that live "$1" 4
  run -0 "$WEIR" detach "$guest"
  last_order exit
  ended 7
}

@test "a C library that was upgraded since the process started" {
  local libc
  libc=$(ldd "$GUESTS/observed" | sed -n 's/.*libc.so.6 => \([^ ]*\).*/\1/p')
  mkdir "$BATS_TEST_TMPDIR/lib"
  cp -L "$libc" "$BATS_TEST_TMPDIR/lib/libc.so.6"
  start env LD_LIBRARY_PATH="$BATS_TEST_TMPDIR/lib" "$GUESTS/observed"
  grep -q "$BATS_TEST_TMPDIR/lib/libc.so.6" "/proc/$guest/maps"
  replace "$BATS_TEST_TMPDIR/lib/libc.so.6"
  grep -q 'libc.so.6 (deleted)' "/proc/$guest/maps"
  is_seen leak_here
}

@test "a program that was upgraded, or removed" {
  start "$BATS_TEST_TMPDIR/program"
  replace "$BATS_TEST_TMPDIR/program"
  is_seen 'program'
  start "$BATS_TEST_TMPDIR/program"
  rm "$BATS_TEST_TMPDIR/program"
  is_seen 'program'
}
