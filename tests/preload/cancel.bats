#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# No function of the malloc family is a cancellation point: see cancelled.c.

load preload

@test "a thread that is to be cancelled comes back from malloc and all that goes with it" {
  for scenario in first each fork exit; do
    for options in enabled stats=off trace=off decay_thread=off,stats_ms=10,decay_ms=5 guard=on \
      floor=4K,threshold=64K,stats_ms=10,decay_ms=5; do
      rm -f "$SIDECAR"
      run under "$options" "$GUESTS/cancelled" $scenario
      [ "$status" -eq 0 ] && [ "$output" = fine ] || { echo "$scenario, $options: $status $output" && return 1; }
      [ ! -e "$SIDECAR" ] || adds_up
    done
  done
}

@test "threads that are cancelled while they allocate lose nothing" {
  for options in enabled decay_thread=off,stats_ms=10,decay_ms=5; do
    run under $options "$GUESTS/cancelled" storm
    [ "$status" -eq 0 ] && [ "$output" = fine ] || { echo "$options: $status $output" && return 1; }
    adds_up
    [ "$(counter live_held_bytes)" -le 1000000 ]
  done
}
