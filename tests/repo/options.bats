#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every option of policy/options.def is where a person looks for it.

load repo

setup() {
  options=$(sed -nE 's/^X\(([a-z_]+),.*/\1/p' "$WEIR_SRCDIR/policy/options.def")
  [ "$(wc -l <<<"$options")" -ge 10 ]
}

# absent FILE: the options that FILE does not mention; man pages write \- for -.
absent() {
  for option in $options; do
    sed 's/\\-/-/g' "$1" | grep -qwE -- "$option" || echo "$option"
  done
}

@test "the man page describes every option" {
  absent "$WEIR_SRCDIR/doc/weir.1" | no_lines
}

@test "weir run --help names every option" {
  "$WEIR_BUILDDIR/weir" run --help >"$BATS_TEST_TMPDIR/help"
  absent "$BATS_TEST_TMPDIR/help" | no_lines
}

# What is no matter of speed is in the man page only.
@test "the page on tuning has a row for every option that costs or gives memory or time" {
  for option in floor threshold classes decay_ms decay_thread cache_max huge prefault numa; do
    grep -q "^| \`$option=" "$WEIR_SRCDIR/doc/tuning.md" || echo "$option"
  done | no_lines
}
