#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# System calls that weir would like to make are forbidden: the host runs as ever, what fails is
# counted, and what needs the call is left out.

load preload

# forbidden CALLS OPTIONS COMMAND...
forbidden() {
  local calls=$1 options=$2
  shift 2
  run timeout -k 5 120 "$GUESTS/without" "$calls" env LD_PRELOAD="$SHIM" \
    WEIR_OPTIONS="stats=$SIDECAR,$options" "$@"
  [ "$status" -ne 77 ] || skip "no seccomp here"
}

content() {
  "$GUESTS/stress" 1 3000 9
}

@test "each call in turn: same content, numbers that agree" {
  want=$(content)
  for call in madvise mremap mincore membarrier close_range process_vm_writev fallocate; do
    for options in enabled floor=8K,decay_ms=5,stats_ms=20; do
      rm -f "$SIDECAR"
      forbidden "$call" "$options" "$GUESTS/stress" 1 3000 9
      [ "$status" -eq 0 ] || { echo "$call $options: $status $output" && return 1; }
      [ "$output" = "$want" ]
      [ ! -e "$SIDECAR" ] || adds_up
    done
  done
}

@test "no madvise: purges fail and are counted, blocks are still recycled" {
  forbidden madvise decay_ms=50 "$GUESTS/memory" burst
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter purge_failed)" -gt 0 ]
  [ "$(counter purged_bytes)" -eq 0 ]
}

@test "no mremap: growing blocks are copied" {
  forbidden mremap enabled "$GUESTS/memory" grow
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter realloc_remapped)" -eq 0 ]
  [ "$(counter realloc_copied)" -gt 0 ]
}

@test "no thread: memory goes back while the host allocates, the failure is counted" {
  forbidden clone,clone3 decay_ms=20,stats_ms=20 "$GUESTS/memory" thousand
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter timer_failed)" -gt 0 ]
}

@test "no process_vm_writev: the sidecar is written all the same" {
  forbidden process_vm_writev stats_ms=20 "$GUESTS/memory" burst
  [ "$status" -eq 0 ]
  [ -e "$SIDECAR" ]
  adds_up
  [ "$(counter sidecar_failed)" -eq 0 ]
}

@test "no fallocate: posix_fallocate's own way serves" {
  forbidden fallocate enabled "$GUESTS/memory" trim
  [ "$status" -eq 0 ]
}

@test "no membarrier: magazines fall back to full fences" {
  forbidden membarrier enabled "$GUESTS/scratch_guest"
  [ "$status" -eq 0 ]
  [ "$output" = "capacity 81920" ]
  adds_up
}
