#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What others do to mappings does not reach weir's content, and what a host did to a block is not
# found in the next one: see residue.c.

load preload

@test "somebody watches what is moved, and answers wrongly: nothing is moved, nothing is lost" {
  for watch in four astray; do
    rm -f "$SIDECAR"
    LD_PRELOAD=$SHIM:$WEIR_BUILDDIR/.libs/libwatching.so WATCH=$watch WEIR_OPTIONS=stats=$SIDECAR \
      run timeout 60 "$GUESTS/residue" grow
    [ "$status" -eq 0 ] || { echo "$watch: $status $output" && return 1; }
    [[ $output == *"wrong 0"* ]] || { echo "$watch: $output" && return 1; }
    [[ $output == *"watched 0"* ]]
    adds_up
    [ "$(counter realloc_remapped)" -eq 0 ]
    [ "$(counter gathered_bytes)" -eq 0 ]
  done
}

@test "the C library's mremap is written over while the host runs: nothing is moved from then on" {
  run under enabled "$GUESTS/residue" overwritten
  [ "$status" -ne 77 ] || skip "not on this machine"
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = "wrong 0" ]
  [ "$(counter realloc_remapped)" -eq 0 ]
  [ "$(counter gathered_bytes)" -eq 0 ]
}

@test "nobody watches: pages are moved" {
  run under enabled "$GUESTS/residue" grow
  [ "${lines[0]}" = "wrong 0" ]
  [ "$(counter realloc_remapped)" -gt 0 ]
}
