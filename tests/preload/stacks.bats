#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The smallest stacks: every way through the shim fits, the clock's work and the sidecar's writing too where no thread does it.

load preload

WAYS="enabled trace=off decay_thread=off,stats_ms=10,decay_ms=10 guard quarantine=8M trace_sample=16K"

# on_small_stacks ARGUMENT...
on_small_stacks() {
  local options
  "$GUESTS/stacks" "$@" || skip "too small a stack without weir"
  for options in $WAYS decay_thread=off,stats_ms=10,decay_ms=10,trace_sample=16K,floor=64K; do
    rm -f "$SIDECAR"
    run -0 under "$options" "$GUESTS/stacks" "$@"
    [ "$output" = lived ]
    adds_up
  done
}

@test "threads of 16 KB: the process's first large request, fork, exit" {
  on_small_stacks thread
  on_small_stacks thread warm
}

@test "a signal handler on a stack of 8 KB" {
  on_small_stacks signal
  on_small_stacks signal warm
}
