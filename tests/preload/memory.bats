#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a host's resident memory does under weir: lazy, bounded, given back by the clock.

load preload

@test "1 GB allocated and 1 MB touched costs 1 MB, fresh and after frees" {
  run -0 under enabled "$GUESTS/memory" lazy
  [ "$(megabytes grown | sort -n | tail -n 1)" -le 3 ]
  adds_up
}

@test "a burst goes back while the host is silent" {
  run -0 threaded enabled "$GUESTS/memory" burst
  [ "$(megabytes peak)" -gt 500 ]
  [ "$(megabytes idle)" -le 8 ]
  adds_up
  [ "$(counter purged_bytes)" -gt 500000000 ]
}

@test "a pause of less than twice the decay time costs nothing" {
  run -0 threaded decay_ms=1000 "$GUESTS/memory" paused
  [ "$(sed -n 's/^ms //p' <<<"$output" | sort -n | tail -n 1)" -lt 1900 ] || skip "the machine is too busy"
  [ "$(megabytes kept | sort -n | head -n 1)" -ge 63 ]
  adds_up
  [ "$(counter purged_bytes)" -eq 0 ]
  [ "$(counter recycled_bytes)" -ge $((64 * 1048576)) ]
}

@test "1000 times 1 MB grow the host by less than 10 MB" {
  run -0 under enabled "$GUESTS/memory" thousand
  [ "$(megabytes grown)" -lt 10 ]
  adds_up
  [ "$(counter recycled_bytes)" -ge $((900 * 1048576)) ]
  [ "$(counter fresh_bytes)" -le $((100 * 1048576)) ]
}

@test "malloc_trim empties the caches" {
  run -0 under decay_ms=100000 "$GUESTS/memory" trim
  [ "$(megabytes left)" -le 3 ]
  adds_up
  [ "$(counter trims)" -eq 1 ]
}

@test "while the host idles, the next allocator gives back what it hoards" {
  run -0 threaded enabled "$GUESTS/memory" hoard
  [ "$(megabytes hoarded)" -gt 150 ]
  [ "$(megabytes idle)" -le 20 ]
  adds_up
  run -0 threaded trim_next=off "$GUESTS/memory" hoard 5
  [ "$(megabytes idle)" -gt 150 ]
}

@test "while the host works, the next allocator gives back what it hoards, and small requests are served aside" {
  run -0 threaded enabled "$GUESTS/memory" busy
  [ "$(megabytes hoarded)" -gt 150 ]
  [ "$(megabytes busy)" -le 60 ]
  adds_up
  [ "$(counter next_trims_under_load)" -ge 1 ]
  [ "$(counter next_trimmed_bytes)" -gt $((100 * 1048576)) ]
  [ "$(counter aside_blocks)" -ge 1 ]
}

@test "zeroed blocks of which little is touched stay small" {
  run -0 under enabled "$GUESTS/memory" sparse
  [ "$(megabytes peak)" -le 12 ]
  adds_up
}

@test "a bound on the cache is kept" {
  run -0 threaded cache_max=50M,decay_ms=3600000,stats_ms=20 "$GUESTS/memory" burst 5
  [ "$(megabytes idle)" -le 60 ]
  [ "$(megabytes idle)" -ge 20 ] # not simply everything
  adds_up
  [ "$(counter cached_dirty_bytes)" -le 52428800 ]
}

@test "a growing block moves its pages instead of copying them" {
  run -0 under enabled "$GUESTS/memory" grow
  [ "$(megabytes peak)" -le 330 ]
  adds_up
  [ "$(counter realloc_remapped)" -gt 0 ]
}

@test "a block that nothing stands behind grows where it is, whatever was free there" {
  run -0 under enabled "$GUESTS/memory" regrow
  adds_up
  [ "$(counter realloc_in_place)" -eq 300 ]
}

@test "the places of blocks that had no room to grow are joined" {
  run -0 under enabled "$GUESTS/memory" outgrown
  adds_up
  [ "$(counter realloc_copied)" -eq 2 ]
  [ "$(counter realloc_in_place)" -eq 1 ]
}

@test "a size that goes to and fro across the floor is not copied each time" {
  run -0 under enabled "$GUESTS/memory" across
  adds_up
  [ "$(counter realloc_in_place)" -eq 999 ]
  [ "$(counter large_requests)" -eq 2 ]
}

@test "limited address space: the host starts and runs, on what there is" {
  for kb in 262144 524288 1048576 4194304 8388608; do
    run bash -c "ulimit -v $kb; exec timeout 60 env LD_PRELOAD='$SHIM' \
      WEIR_OPTIONS='stats=$SIDECAR' '$GUESTS/memory' thousand"
    [ "$status" -eq 0 ]
    adds_up
    [ "$(counter region_peak_bytes)" -le $((kb * 1024 / 8)) ]
    # The blocks of this one take 200 MB at once; 256 MB are too few for any allocator's comfort.
    [ "$kb" -gt 300000 ] || continue
    run bash -c "ulimit -v $kb; exec timeout 60 env LD_PRELOAD='$SHIM' \
      WEIR_OPTIONS='stats=$SIDECAR' '$GUESTS/stress' 1 1500 3"
    [ "$status" -eq 0 ]
    adds_up
  done
}
