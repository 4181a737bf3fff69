#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a host's resident memory does under weir: lazy, bounded, given back by the clock.

load preload

@test "1 GB allocated and 1 MB touched costs 1 MB, fresh and after frees" {
  run under on "$GUESTS/memory" lazy
  [ "$status" -eq 0 ]
  [ "$(megabytes grown | sort -n | tail -n 1)" -le 3 ]
  adds_up
}

@test "a burst goes back while the host is silent" {
  run under on "$GUESTS/memory" burst
  [ "$(megabytes peak)" -gt 500 ]
  [ "$(megabytes idle)" -le 8 ]
  adds_up
  [ "$(counter purged_bytes)" -gt 500000000 ]
}

@test "1000 times 1 MB grow the host by less than 10 MB" {
  run under on "$GUESTS/memory" thousand
  [ "$(megabytes grown)" -lt 10 ]
  adds_up
}

@test "malloc_trim empties the caches" {
  run under decay_ms=100000 "$GUESTS/memory" trim
  [ "$(megabytes left)" -le 3 ]
  adds_up
  [ "$(counter trims)" -eq 1 ]
}

@test "zeroed blocks of which little is touched stay small" {
  run under on "$GUESTS/memory" sparse
  [ "$(megabytes peak)" -le 12 ]
  adds_up
}

@test "a bound on the cache is kept" {
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,cache_max=50M,decay_ms=3600000,stats_ms=50 \
    "$GUESTS/memory" burst >/dev/null &
  guest=$!
  for _ in $(seq 60); do
    sleep 0.1
    [ -e "$SIDECAR" ] && [ "$(counter map_puts)" -gt 0 ] &&
      [ "$(counter cached_dirty_bytes)" -le 52428800 ] && kept=1 && break
  done
  kill "$guest"
  [ "${kept:-0}" -eq 1 ]
} 3>&-

@test "limited address space: the host starts, and what does not fit is counted" {
  for kb in 262144 524288 1048576 4194304 8388608; do
    run bash -c "ulimit -v $kb; exec env LD_PRELOAD='$SHIM' WEIR_OPTIONS='stats=$SIDECAR' \
      timeout 60 '$GUESTS/stress' 2 1500 3"
    [ "$status" -eq 0 ]
    adds_up
  done
}
