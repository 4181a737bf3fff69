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

@test "the man pages describe every switch of every command" {
  while read -r command page; do
    "$WEIR_BUILDDIR/weir" "$command" --help >"$BATS_TEST_TMPDIR/help"
    # The first column only; of `weir run`, the table of options is tested above.
    sed -n '/^ *OPTION /q;p' "$BATS_TEST_TMPDIR/help" | grep -oE '^ +(-[a-z], )?--[a-z-]+' |
      grep -oE '[a-z][a-z-]+$' | grep -vx help | while read -r switch; do
      grep -qE "^\.It (.*, )?Fl -$switch\b" "$WEIR_SRCDIR/doc/$page" || echo "$command --$switch"
    done
  done <<'END' | no_lines
run weir.1
stat weir.1
top weir.1
report weir.1
tune weir.1
doctor weir.1
attach weir-attach.1
detach weir-attach.1
collect weir-collect.1
growth weir-growth.1
holders weir-holders.1
export weir-growth.1
snap weir-growth.1
purge weir-growth.1
encode weir-encode.1
decode weir-encode.1
END
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
