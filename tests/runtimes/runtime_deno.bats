#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs on deno do the same with weir as without it, and weir is at work.

load runtimes

setup() {
  use deno
}

@test "deno: buffers of every size and encoding" {
  same buffers
  at_work
  as_told deno
}

@test "deno: files" {
  same files
  at_work
}

@test "deno: HTTP over the loopback" {
  same http
  at_work
}

@test "deno: workers that pass buffers around" {
  same workers
  at_work
}

@test "deno: compression and cryptography" {
  same codecs
  at_work
}

@test "deno: children" {
  same children
  at_work
  # A sidecar for this process and for each of the three that it forked.
  own_sidecars 4
}

@test "deno: of a heap that grows no command is advised that deno does not take" {
  "$weir" run --quiet --stats="$PWD/a.weir" -- timeout 60 "${runtime[@]}" "$programs/answers/objects.mjs" 3>&- &
  for _ in {1..50}; do
    sleep 1
    ! "$weir" growth a.weir 2>/dev/null | grep '^V8.s heap: .*grows' || break
  done
  "$weir" growth a.weir >said
  kill $!
  wait $! || true
  cat said
  grep -A2 '^V8.s heap: ' said | grep -F '$ deno run --inspect'
  ! grep -E 'weir (collect|holders)|ask for one' said
}
