#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Walks over stacks that are not what they seem, or of threads without end: never a fault, nothing read
# from files, and little of the stack itself.

load preload

walks=$GUESTS/walks

@test "no load of a walk faults: wild frame pointers, holes in stacks, stacks that were replaced" {
  want=$("$walks")
  for options in enabled floor=4K,threshold=64K trace=off; do
    rm -f "$SIDECAR"
    [ "$(under "$options" "$walks")" = "$want" ]
    adds_up
  done
}

@test "a thread's first large block reads no file" {
  run -0 under enabled "$walks" threads 200
  [ "$output" = "threads 200 read 0" ]
  adds_up
  [ "$(counter large_requests)" -ge 201 ]
  # And yet each was walked to its end.
  [ "$(counter truncated)" -eq 0 ]
}
