#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Proven misuse of a large block: SIGABRT and one exact line. Anything else is left alone.

load preload

# crime NAME: what the host says, without pid and addresses.
crime() {
  run --separate-stderr under stats=off "$WEIR_BUILDDIR/tests/victims/crimes" "$1"
  [ "$status" -eq 134 ] # 128 + SIGABRT, through timeout
  [ -z "$output" ]
  # shellcheck disable=SC2154
  said=$(sed 's/^weir\[[0-9]*\]/weir/; s/0x[0-9a-f]*/P/g' <<<"${stderr_lines[0]}")
}

@test "free twice" {
  crime double_free
  [ "$said" = "weir: free(P): this block of 3000000 bytes has been freed before" ]
}

@test "free again after the address has served others" {
  crime late_double_free
  [[ "$said" == "weir: free(P): this block of "*" bytes has been freed before" ]]
}

@test "free of a page inside a block" {
  crime interior_free
  [ "$said" = "weir: free(P): points 4096 bytes into a block of 3000000 bytes that starts at P" ]
}

@test "free of an odd pointer into a block" {
  crime odd_free
  [ "$said" = "weir: free(P): points 17 bytes into a block of 3000000 bytes that starts at P" ]
}

@test "realloc after free" {
  crime realloc_after_free
  [ "$said" = "weir: realloc(P): this block of 3000000 bytes has been freed before" ]
}

@test "free of a scratch block" {
  crime free_of_scratch
  [ "$said" = "weir: free(P): is a scratch block; release it with weir_scratch_unref" ]
}

@test "the innocent are left alone" {
  run --separate-stderr under enabled "$WEIR_BUILDDIR/tests/victims/crimes" innocent
  [ "$status" -eq 0 ]
  [ "$output" = "still here" ]
  [ -z "$stderr" ]
}
