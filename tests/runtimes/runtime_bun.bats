#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Bun allocates by means of its own: weir can do nothing there, says so, and does no harm.

load runtimes

setup() {
  use bun
}

@test "bun: doctor says that weir cannot work, and why" {
  run "$weir" doctor -- "${runtime[@]}"
  [ "$status" -eq 1 ]
  [[ $output == *"verdict: weir would do nothing in this program: "*"malloc"* ]]
}

@test "bun: runs unharmed, with a warning" {
  cd "$BATS_TEST_TMPDIR"
  "${runtime[@]}" "$programs/http.mjs" >plain.out 3>&-
  with_weir "${runtime[@]}" "$programs/http.mjs" >under.out 2>under.err
  cmp plain.out under.out
  grep -q '^weir.*will do nothing in .*malloc' under.err
  # One that lives for seconds has a record, with none of its blocks.
  for file in "$sidecars"/*; do
    [ ! -e "$file" ] || "$weir" stat --json "$file" | grep -q '"large_requests": 0,'
  done
  as_told bun
}
