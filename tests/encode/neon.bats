#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The NEON tier, compiled for 64-bit ARM and run by an emulator where the processor is another.

bats_require_minimum_version 1.5.0
: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"

cc=aarch64-linux-gnu-gcc emulator=qemu-aarch64
arm_flags=(-std=gnu11 -O2 -D_GNU_SOURCE -fno-strict-aliasing -pthread -I"$WEIR_SRCDIR" -I"$WEIR_SRCDIR/include")

# All that the programs may need, compiled once.
setup_file() {
  command -v $cc && command -v $emulator || return 0
  cd "$BATS_FILE_TMPDIR" || return
  $cc "${arm_flags[@]}" -c "$WEIR_SRCDIR"/encode/{,*/}*.c "$WEIR_SRCDIR"/pool/*.c "$WEIR_SRCDIR"/policy/*.c &&
    aarch64-linux-gnu-ar rc all.a ./*.o
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  command -v $cc || skip "no $cc here"
  command -v $emulator || skip "no $emulator here"
}

# build PROGRAM SOURCE: statically.
build() {
  $cc "${arm_flags[@]}" -static -o "$1" "$WEIR_SRCDIR/$2" "$BATS_FILE_TMPDIR/all.a"
}

@test "NEON gives what the scalar tier gives" {
  build tiers tests/unit/test_encode_tiers.c
  $emulator ./tiers >tap 3>&-
  [ "$(grep -c '^ok' tap)" -ge 7 ]
  build text tests/unit/test_encode_text.c
  $emulator ./text >tap 3>&-
  [ "$(grep -c '^ok' tap)" -ge 5 ]
  build short tests/unit/test_encode_short.c
  $emulator ./short >tap 3>&-
  [ "$(grep -c '^ok' tap)" -ge 5 ]
  build standards tests/unit/test_encode_standards.c
  $emulator ./standards >tap 3>&-
  [ "$(grep -c '^ok' tap)" -ge 9 ]
  build bytes tests/unit/test_bytes.c
  $emulator ./bytes >tap 3>&-
  [ "$(grep -c '^ok' tap)" -ge 10 ]
}

@test "NEON gives what Node gives" {
  command -v node || skip "no node in PATH"
  build check tests/encode/check_vectors.c
  node "$BATS_TEST_DIRNAME/vectors.mjs" >vectors 3>&-
  $emulator ./check <vectors 3>&-
}
