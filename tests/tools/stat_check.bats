#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir stat --check`: each identity is seen to fail when its numbers do not add up.

load tools

setup() {
  own_environment
}

# breaks TEXT NAME=VALUE...: with these numbers the check fails, and says so of this identity.
breaks() {
  local text=$1
  shift
  "$MAKE_SIDECAR" a.weir "$@"
  run -1 "$WEIR" stat --check a.weir
  has "fails: $text"
}

@test "numbers that add up pass" {
  "$MAKE_SIDECAR" a.weir
  run -0 "$WEIR" stat --check a.weir
  # 19 of the process, 10 of each of the three classes.
  [ "$output" = "50 identities hold" ]
}

@test "requests: tiers, sizes, kinds and fallbacks add up to their totals" {
  breaks "large_requests = large_pool + large_map + large_observed + large_passed: 130 and 131" large_map=9
  breaks "large_pool + large_map + large_observed = profile.requests: 127 and 128" profile.25.requests=128
  breaks "large_requested_bytes = passed_bytes + profile.bytes: 200000000 and 200000001" \
    profile.25.bytes=199600001
  breaks "large_requests = sizes.requests: 130 and 131" sizes.17.requests=71
  breaks "large_requested_bytes = sizes.bytes: 200000000 and 200000001" sizes.17.bytes=9000001
  breaks "large_requested_bytes = kinds.bytes: 200000000 and 200000001" kinds.0.bytes=20000001
  breaks "large_requests = kinds.requests: 130 and 129" kinds.0.requests=9
  breaks "large_passed = fallbacks.requests: 3 and 4" fallbacks.6.requests=1
  breaks "passed_bytes <= large_requested_bytes: 200000001 and 200000000" passed_bytes=200000001
}

@test "scratch: live = inherited + gets - puts" {
  breaks "scratch_live + scratch_puts = scratch_inherited + scratch_gets: 32 and 31" scratch_live=4
}

@test "map tier: gets, live, held and its peak" {
  breaks "map_gets = map_fresh + map_recycled_dirty + map_recycled_zero + map_refused: 9 and 8" \
    map_recycled_zero=0
  breaks "map_live + map_refused + map_puts = map_inherited + map_gets: 11 and 10" map_live=4
  breaks "map_live_held_bytes = map_live_requested_bytes + map_live_rounding_bytes" \
    map_live_rounding_bytes=1
  breaks "map_live_held_bytes <= map_live_held_peak_bytes: 62914560 and 62914559" \
    map_live_held_peak_bytes=62914559
}

@test "memory: held, cached and reserved are all there is" {
  breaks "live_held_bytes = classes.held_bytes + map_live_held_bytes: 1 and 69599232" live_held_bytes=1
  breaks "region_bytes = live_held_bytes + cached_dirty_bytes + cached_clean_bytes + reserved_bytes" \
    reserved_bytes=0
  breaks "classes.cached * classes.capacity_bytes <= cached_dirty_bytes + cached_clean_bytes: 6684672 and 4194304" \
    cached_dirty_bytes=0
  breaks "region_bytes <= region_peak_bytes: 134217728 and 0" region_peak_bytes=0
  breaks "region_bytes = regions.bytes: 134217728 and 134217729" regions.0.bytes=67108865
}

@test "a full table of regions may leave some out" {
  args=()
  for i in {0..63}; do
    args+=("regions.$i.bytes=4096")
  done
  "$MAKE_SIDECAR" a.weir "${args[@]}"
  run -0 "$WEIR" stat --check a.weir
  [ "$output" = "49 identities hold" ]
}

@test "each identity of a class" {
  class="class 128 KB:"
  breaks "$class gets = hits + misses: 100 and 99" classes.0.misses=19
  breaks "$class refused <= misses: 21 and 20" classes.0.refused=21
  breaks "$class shared_hits <= hits: 81 and 80" classes.0.shared_hits=81
  breaks "$class live + refused + puts = inherited + gets: 103 and 102" classes.0.live=12
  breaks "$class cached + hits + evicted = inherited_cached + puts + shared_hits: 104 and 103" \
    classes.0.evicted=5
  breaks "$class held_bytes = live_requested_bytes + live_rounding_bytes" classes.0.live_rounding_bytes=0
  breaks "$class held_bytes = live * capacity_bytes: 1 and 1441792" classes.0.held_bytes=1
  breaks "$class requested_bytes + rounding_bytes + refused * capacity_bytes = gets * capacity_bytes" \
    classes.0.rounding_bytes=0
  breaks "$class live <= live_peak: 11 and 10" classes.0.live_peak=10
  breaks "$class cached <= cached_peak: 19 and 18" classes.0.cached_peak=18
}

@test "sums that only agree after wrapping do not pass" {
  breaks "large_requests = large_pool + large_map + large_observed + large_passed: 130 and 18446744073709551746" \
    large_pool=18446744073709551615 large_map=128
}

@test "a row of a class without capacity is not taken for an unused one" {
  breaks "class 0 B: held_bytes = live_requested_bytes + live_rounding_bytes: 0 and 5" \
    classes.9.live_requested_bytes=5
}

@test "what a shorter file lacks is not checked, and that is said" {
  "$MAKE_SIDECAR" a.weir section.2.records=0
  run -0 "$WEIR" stat --check a.weir
  has "2 not checked: the file lacks a number"
  has "48 identities hold"
}

@test "every identity that fails is printed, and how many" {
  "$MAKE_SIDECAR" a.weir large_map=9 scratch_live=4 classes.1.live_peak=0
  run -1 "$WEIR" stat --check a.weir
  [ "$(grep -c '^fails: ' <<<"$output")" -eq 4 ]
  [ "${lines[-1]}" = "4 identities fail, 46 hold" ]
}

# sidecar_of_stack FILE HELD [NAME=VALUE...]: of $guest, its stack as the only region, of which
# HELD bytes are said to be in use; everything else adds up.
sidecar_of_stack() {
  local base end bytes
  read -r base end < <(sed -nE 's/^([0-9a-f]+)-([0-9a-f]+) .*\[stack\]$/\1 \2/p' "/proc/$guest/maps")
  bytes=$((0x$end - 0x$base))
  "$MAKE_SIDECAR" "$1" pid="$guest" start="$(start_ticks "$guest")" unix_ns=now stats_ms=10 \
    regions.0.base=0x"$base" regions.0.bytes=$bytes regions.1.bytes=0 \
    region_bytes=$bytes region_peak_bytes=$bytes reserved_bytes=$((bytes - $2)) \
    cached_dirty_bytes=0 cached_clean_bytes=0 live_held_bytes="$2" \
    map_live_held_bytes="$2" map_live_held_peak_bytes="$2" map_live_requested_bytes="$2" \
    map_live_rounding_bytes=0 \
    classes.0.puts=101 classes.0.live=0 classes.0.live_requested_bytes=0 \
    classes.0.live_rounding_bytes=0 classes.0.held_bytes=0 classes.0.cached=0 \
    classes.0.evicted=34 \
    classes.1.puts=50 classes.1.live=0 classes.1.live_requested_bytes=0 \
    classes.1.live_rounding_bytes=0 classes.1.held_bytes=0 classes.1.cached=0 \
    classes.1.evicted=10 "${@:3}"
}

# A process with 6 MB of stack resident, in $guest.
deep_process() {
  cat >deep.c <<'C'
    #include <stdio.h>
    #include <string.h>
    #include <unistd.h>
    int main(void)
    {
      char stack[6 << 20];
      memset(stack, 1, sizeof(stack));
      puts("ready");
      fclose(stdout);
      return stack[sleep(60)];
    }
C
  gcc -O0 -o deep deep.c
  (ulimit -s 8192 && exec ./deep) >ready 3>&- &
  guest=$!
  timeout 60 sh -c 'until [ -s ready ]; do sleep 0.05; done'
}

teardown() {
  [ -z "${guest:-}" ] || kill "$guest"
}

@test "a running process is checked against smaps" {
  deep_process
  sidecar_of_stack a.weir $((6 << 20))
  run -0 "$WEIR" stat --check a.weir
  [ "$output" = "51 identities hold" ]
  sidecar_of_stack a.weir $((2 << 20))
  run -1 "$WEIR" stat --check a.weir
  has "fails: resident bytes in smaps <= live_held_bytes + cached_dirty_bytes: 6"
  has " and 2097152"
}

@test "of a mapping that reaches beyond a region only the region's part counts" {
  deep_process
  sidecar_of_stack a.weir 65536 regions.0.bytes=1048576 region_bytes=1048576 \
    reserved_bytes=983040
  run -0 "$WEIR" stat --check a.weir
  [ "$output" = "51 identities hold" ]
}

@test "while the numbers move they are not set against smaps" {
  deep_process
  sidecar_of_stack a.weir $((2 << 20)) stats_ms=400
  # Each version takes the name at once: the reader never sees half of one.
  for ((i = 1;; i++)); do
    sidecar_of_stack b $((2 << 20)) stats_ms=400 purged_bytes=$i
    mv b a.weir
  done 3>&- &
  writer=$!
  run "$WEIR" stat --check a.weir
  kill "$writer"
  [ "$status" -eq 0 ]
  has "not checked against smaps: the process is busy"
}

@test "a process that has ended is not checked against smaps" {
  "$MAKE_SIDECAR" a.weir pid=999999999
  run -0 "$WEIR" stat --check a.weir
  lacks smaps
}
