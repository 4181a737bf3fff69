#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Test suites that hosts bring: nothing that passes without weir fails with it. The short lists;
# `make check-hosts` runs the long ones.

load runtimes

@test "CPython's own tests of what allocates" {
  run "$WEIR_SRCDIR/scripts/check-hosts" "$WEIR_BUILDDIR" short
  echo "$output"
  [ "$status" -ne 77 ] || skip "no CPython with its tests here"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^cpython, .* cases, .* blocks asked for$' <<<"$output")" -eq 2 ]
}
