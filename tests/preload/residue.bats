#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What others do to mappings does not reach weir's content, and what a host did to a block is not
# found in the next one: see residue.c.

load preload

@test "somebody watches what is moved, and answers wrongly: nothing is moved, nothing is lost" {
  for watch in four astray; do
    rm -f "$SIDECAR"
    LD_PRELOAD=$SHIM:$WEIR_BUILDDIR/libwatching.so WATCH=$watch WEIR_OPTIONS=stats=$SIDECAR \
      run timeout 60 "$GUESTS/residue" grow
    [ "$status" -eq 0 ] || { echo "$watch: $status $output" && return 1; }
    [[ $output == *"wrong 0"* ]] || { echo "$watch: $output" && return 1; }
    [[ $output == *"watched 0"* ]]
    adds_up
    [ "$(counter realloc_remapped)" -eq 0 ]
    [ "$(counter gathered_bytes)" -eq 0 ]
  done
}

@test "mremap, weir's or the C library's, is written over while the host runs: nothing is moved from then on" {
  for which in overwritten overwritten_libc; do
    run under enabled "$GUESTS/residue" $which
    [ "$status" -ne 77 ] || skip "not on this machine"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "wrong 0" ]
    [ "$(counter realloc_remapped)" -eq 0 ]
    [ "$(counter gathered_bytes)" -eq 0 ]
  done
}

@test "nobody watches: pages are moved" {
  run under enabled "$GUESTS/residue" grow
  [ "${lines[0]}" = "wrong 0" ]
  [ "$(counter realloc_remapped)" -gt 0 ]
}

@test "what a host leaves on a block that it frees is not found in the next one" {
  local what tried=0
  for what in dontfork wipeonfork huge nohuge dontdump mergeable random sequential locked locked2 readable nothing keyed \
    locked2_by_number keyed_by_number dontfork_of_many; do
    rm -f "$SIDECAR"
    run under decay_ms=60000 "$GUESTS/residue" left $what
    [ "$status" -ne 77 ] || continue
    [ "$status" -eq 0 ] || { echo "$what: $status $output" && return 1; }
    [ "$output" = "found 0" ] || { echo "$what: $output" && return 1; }
    [ "$what" = locked ] || adds_up
    tried=$((tried + 1))
  done
  [ $tried -ge 6 ]
}

@test "what a host maps in a block's place is neither lent to others nor written to" {
  local options
  for options in enabled decay_ms=0 floor=64K,decay_ms=60000; do
    run under $options "$GUESTS/residue" mapped
    [ "$status" -ne 77 ] || skip "not on this machine"
    [ "$output" = "wrong 0" ]
    adds_up
  done
}

@test "blocks that cannot be mapped anew, for mmap is forbidden or they are sealed, are not lent to others" {
  local how tried=0
  for how in refused sealed; do
    rm -f "$SIDECAR"
    run under enabled "$GUESTS/residue" $how
    [ "$status" -ne 77 ] || continue
    [ "$status" -eq 0 ]
    [ "$output" = lived ]
    adds_up
    tried=$((tried + 1))
  done
  [ $tried -gt 0 ] || skip "not possible here"
}

@test "a part of a block that the host unmaps or moves away, or moves other memory into, is not lent to others" {
  local options
  for options in enabled decay_ms=0 floor=64K,decay_ms=60000; do
    run under $options "$GUESTS/residue" unmapped
    [ "$output" = "wrong 0" ]
    adds_up
  done
}

# With a search through all pages before each of them this takes minutes.
@test "thousands of guard pages in one large block" {
  run under enabled "$GUESTS/residue" guards
  [ "$status" -ne 77 ] || skip "not on this machine"
  [ "$output" = guarded ]
}
