#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# trace_sample=auto, the default: what grows in small blocks is named, and only then is anything sampled.

load preload

teardown() {
  [ -z "${guest:-}" ] || kill "$guest" 2>/dev/null || true
  wait || true
}

# ramps OPTIONS ARGUMENT...: the guest, in the background.
ramps() {
  local options=$1
  shift
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,stats_ms=100,$options "$GUESTS/ramps" "$@" \
    >"$BATS_TEST_TMPDIR/out" 3>&- &
  guest=$!
}

# small FIELD: of what `weir growth` says of small blocks.
small() {
  "$WEIR" growth --json "$SIDECAR" | jq -r ".small_blocks.$1"
}

# named MB: one line holds so much, by samples, with a margin.
named() {
  "$WEIR" growth --json "$SIDECAR" >"$BATS_TEST_TMPDIR/growth.json" &&
    jq -e --argjson mb "$1" '.sites[0] | (.name | test("keep_one")) and
      .live_bytes > $mb * 1048576 and .live_error_share > 0 and .live_error_share < 0.5' \
      "$BATS_TEST_TMPDIR/growth.json"
}

began() { [ "$(counter sampling_starts)" -eq 1 ]; }
ended() { [ "$(counter sampling_off_ns)" -gt 0 ]; }

@test "small blocks that grow are named with no option, in a host of one thread and of several" {
  local threads
  command -v jq >/dev/null || skip "no jq"
  for threads in 1 3; do
    rm -f "$SIDECAR"
    ramps enabled plain $threads 0:4 600:60
    await_that named 24
    # The line, the reason, and the sizes in one line.
    "$WEIR" growth "$SIDECAR" >"$BATS_TEST_TMPDIR/growth"
    grep -E "MB \+-[0-9]+ % .*keep_one" "$BATS_TEST_TMPDIR/growth"
    grep -E "small blocks are sampled since .* had grown by [0-9.]+ MB; older ones are not seen" \
      "$BATS_TEST_TMPDIR/growth"
    grep -E "(9[0-9]|100) % of it: [0-9,.]+( million)? blocks of 161 to 176 bytes" "$BATS_TEST_TMPDIR/growth"
    "$WEIR" stat "$SIDECAR" | grep "small blocks are sampled since"
    [ "$(small mode)" = auto ]
    [ "$(small sampled_now)" = true ]
    [ "$(counter sampling_grown_bytes)" -ge 33554432 ]
    kill "$guest"
    wait "$guest" || true
  done
}

# 80 MB before the first look, then nothing more: looked at all the time, and never sampled.
@test "what is flat is never sampled, and that is said" {
  ramps enabled plain 3 80:1 0:60
  await_that adds_up
  sleep 12
  "$WEIR" stat --all "$SIDECAR" >"$BATS_TEST_TMPDIR/stat"
  grep "small blocks are not sampled: since its fourth second what weir does not serve has not grown" "$BATS_TEST_TMPDIR/stat"
  [ "$(counter sampling_starts)" -eq 0 ]
  [ "$(counter sampling_mode)" -eq 1 ]
}

@test "off and a fixed size are as they were asked for" {
  ramps trace_sample=off plain 2 200:6
  wait "$guest"
  [ "$(counter sampling_starts)" -eq 0 ]
  "$WEIR" stat --all "$SIDECAR" | grep "small blocks are not sampled: trace_sample=off"
  rm "$SIDECAR"
  ramps trace_sample=64K plain 2 20:1
  wait "$guest"
  [ "$(counter sampling_mode)" -eq 2 ]
  "$WEIR" stat --all "$SIDECAR" | grep "small blocks are sampled, one for each 64 KB asked for"
}

# On while it grows, off when it has been flat for half a minute, on again with the next look, ten seconds later at most: no block
# is touched by that.
@test "sampling goes on and off again under threads, signals and forks" {
  local how
  for how in plain signals forks; do
    SIDECAR=$BATS_TEST_TMPDIR/$how.weir
    LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,stats_ms=100 timeout 300 "$GUESTS/ramps" $how 4 0:4 60:4 0:45 100:12 \
      >"$BATS_TEST_TMPDIR/$how" 3>&- &
  done
  for how in plain signals forks; do
    SIDECAR=$BATS_TEST_TMPDIR/$how.weir
    await_that began
  done
  for how in plain signals forks; do
    SIDECAR=$BATS_TEST_TMPDIR/$how.weir
    await_that ended
    "$WEIR" stat "$SIDECAR" | grep -E "small blocks were sampled from .* to .* ago"
  done
  wait
  for how in plain signals forks; do
    SIDECAR=$BATS_TEST_TMPDIR/$how.weir
    [ "$(cat "$BATS_TEST_TMPDIR/$how")" = "kept as it was" ]
    [ "$(counter sampling_starts)" -eq 2 ]
    adds_up
  done
}
