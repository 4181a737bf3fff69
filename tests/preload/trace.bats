#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The trace in the sidecar: sites that add up to the kinds whatever the host does, nothing at all
# when it is off, and a host that goes on when the file cannot be written.

load preload

# sites_add_up [FILE...]: as adds_up, and the sites were looked at.
sites_add_up() {
  local file
  [ $# -gt 0 ] || set -- "$SIDECAR"
  for file in "$@"; do
    run "$WEIR" stat --check "$file"
    echo "$file: $output"
    [ "$status" -eq 0 ] && [[ $output != *"not checked"* ]] || return 1
  done
}

# trace NAME [FILE]: a number of the object "trace" of weir stat --json.
trace() {
  "$WEIR" stat --json "${2:-$SIDECAR}" | jq ".trace.$1"
}

# live_above BYTES: what the sites hold, as the sidecar has it.
live_above() {
  [ "$("$WEIR" growth --json "$SIDECAR" | jq '[.sites[].live_bytes] | add')" -gt "$1" ]
}

teardown() {
  [ -z "${guest:-}" ] || kill -KILL "$guest" || true
  ! mountpoint -q "$BATS_TEST_TMPDIR/small" || umount "$BATS_TEST_TMPDIR/small"
}

@test "sites add up after random operations on threads, sizes across the floor included" {
  for options in enabled floor=8K,trace_min=8K,decay_ms=5,stats_ms=10 trace_min=1M,decay_thread=off \
    quarantine=32M guard=on,floor=64K,trace_min=64K; do
    rm -f "$SIDECAR"
    under "$options" "$GUESTS/stress" 4 3000 7
    sites_add_up
  done
}

@test "each request from trace_min on is recorded, none below" {
  under trace_min=1M,floor=64K "$GUESTS/stress" 1 3000 7
  some=$(trace captures)
  rm "$SIDECAR"
  under trace_min=64K,floor=64K "$GUESTS/stress" 1 3000 7
  all=$(trace captures)
  [ "$some" -gt 0 ]
  [ "$all" -gt "$some" ]
  # What weir passed on it did not record.
  [ "$all" -eq $(($(counter large_requests) - $(counter large_passed))) ]
  [ "$(trace exact_bytes)" -eq 65536 ]
}

@test "fork: parent and children, each with the sites of what it holds" {
  mkdir "$BATS_TEST_TMPDIR/forks"
  SIDECAR=$BATS_TEST_TMPDIR/forks/%p.weir under stats_ms=20 "$GUESTS/storms" fork
  files=("$BATS_TEST_TMPDIR"/forks/*.weir)
  [ "${#files[@]}" -gt 75 ]
  sites_add_up "${files[@]}"
}

@test "off: no tables, no trace in the file, the numbers add up" {
  under trace=off "$GUESTS/stress" 2 3000 7
  adds_up
  [ "$(trace captures)" = null ]
  [ "$(stat -c %s "$SIDECAR")" -lt 131072 ]
}

@test "without a sidecar there is no trace either" {
  run under stats=off,trace=on,verbose "$GUESTS/stress" 1 500
  [ "$status" -eq 0 ]
  [ ! -e "$SIDECAR" ]
}

@test "what a stack took: known ones and new ones apart, in text and in JSON" {
  under enabled "$GUESTS/stress" 2 3000 7
  "$WEIR" stat --json "$SIDECAR" | jq -e '.trace.cost | .known.median_ns > 0 and
    .known.p99_ns >= .known.median_ns and .new.p99_ns >= .new.median_ns and .all.median_ns > 0'
  text=$BATS_TEST_TMPDIR/text
  "$WEIR" stat --all "$SIDECAR" >"$text"
  grep -Eq '^ +known: [0-9.]+ [mu]?s at the median, [0-9.]+ [mu]?s at the 99th percentile$' "$text"
  grep -Eq '^ +new: [0-9.]+ [mu]?s at the median, ' "$text"
}

@test "the file is sparse" {
  under enabled "$GUESTS/stress" 2 3000 7
  [ "$(stat -c %s "$SIDECAR")" -le $((20 << 20)) ]
  [ $(($(stat -c %b "$SIDECAR") * 512)) -le $((1 << 20)) ]
  [ "$(trace file_bytes)" -eq "$(stat -c %s "$SIDECAR")" ]
}

@test "killed: the sites of the last second are there" {
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,stats_ms=10 "$GUESTS/stress" 4 100000000 5 3>&- &
  guest=$!
  await_that live_above 1000000
  kill -KILL "$guest"
  wait "$guest" || true
  guest=
  run "$WEIR" stat --check "$SIDECAR"
  [ "$status" -eq 0 ]
  live_above 1000000
}

@test "a disk that fills up behind the numbers: the host goes on, the numbers stay" {
  [ "$(id -u)" -eq 0 ] || skip "needs root to mount a small file system"
  mkdir "$BATS_TEST_TMPDIR/small"
  mount -t tmpfs -o size=96k none "$BATS_TEST_TMPDIR/small" || skip "cannot mount here"
  want=$("$GUESTS/stress" 1 3000 9)
  [ "$(SIDECAR=$BATS_TEST_TMPDIR/small/x.weir under stats_ms=10 "$GUESTS/stress" 1 3000 9)" = "$want" ]
  adds_up "$BATS_TEST_TMPDIR/small/x.weir"
  [ "$(counter sidecar_failed "$BATS_TEST_TMPDIR/small/x.weir")" -gt 0 ]
}

@test "a limit on the size of files is no signal to the host" {
  want=$("$GUESTS/stress" 1 3000 9)
  # Room for no sidecar at all, and for the numbers but not for the trace.
  for limit in 20 80; do
    for thread in on off; do
      rm -f "$SIDECAR"
      [ "$(ulimit -f $limit && under stats_ms=10,decay_thread=$thread "$GUESTS/stress" 1 3000 9)" = "$want" ]
    done
    [ $limit -eq 80 ] || [ ! -s "$SIDECAR" ]
  done
  adds_up
}

@test "samples of small blocks: about what there is, and nothing where they were freed" {
  under trace_sample=16K,stats_ms=20 "$GUESTS/small_blocks"
  "$WEIR" stat --check "$SIDECAR"
  [ "$(trace sample_bytes)" -eq 16384 ]
  [ "$(trace dropped.samples)" -eq 0 ]
  "$WEIR" growth --json "$SIDECAR" >"$BATS_TEST_TMPDIR/growth.json"
  kept=$(jq '[.sites[] | select(.kind != "mmap").live_bytes] | add' "$BATS_TEST_TMPDIR/growth.json")
  asked=$(jq '[.sites[] | select(.kind != "mmap").alloc_bytes] | add' "$BATS_TEST_TMPDIR/growth.json")
  # 40 MB are kept, 40 MB were freed: each is some 2500 samples, a tenth is five deviations.
  [ "$kept" -gt 36000000 ]
  [ "$kept" -lt 44000000 ]
  [ "$asked" -gt 74000000 ]
  [ "$asked" -lt 86000000 ]
}

@test "sampling changes no content and meets threads, forks and realloc" {
  want=$("$GUESTS/stress" 4 3000 9)
  [ "$(under trace_sample=512,stats_ms=20 "$GUESTS/stress" 4 3000 9)" = "$want" ]
  adds_up
  mkdir "$BATS_TEST_TMPDIR/forks"
  SIDECAR=$BATS_TEST_TMPDIR/forks/%p.weir under trace_sample=512,stats_ms=20 "$GUESTS/storms" fork
  adds_up "$BATS_TEST_TMPDIR"/forks/*.weir
  SIDECAR=$BATS_TEST_TMPDIR/%p.weir under trace_sample=512,stats_ms=20 "$GUESTS/storms" signals
  SIDECAR=$BATS_TEST_TMPDIR/%p.weir under trace_sample=512,stats_ms=20 "$GUESTS/storms" loader
}

@test "marks and purges are asked for by mail" {
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,decay_ms=60000 "$GUESTS/stress" 2 100000000 5 3>&- &
  guest=$!
  await_that test -s "$SIDECAR"
  "$WEIR" snap --timeout=60 "$SIDECAR" first
  "$WEIR" snap --timeout=60 "$SIDECAR" second
  "$WEIR" purge --timeout=60 "$SIDECAR"
  "$WEIR" growth --json "$SIDECAR" --diff first second >"$BATS_TEST_TMPDIR/growth.json"
  [ "$(jq '.sites | length' "$BATS_TEST_TMPDIR/growth.json")" -gt 0 ]
}

@test "a library that lies where another one was unloaded is not taken for it" {
  local source=$WEIR_SRCDIR/tests/preload/unloaded.c
  cd "$BATS_TEST_TMPDIR"
  build a.so -g -shared -fPIC -DLEAK=leak_of_a "$source"
  build b.so -g -shared -fPIC -DLEAK=leak_of_b "$source"
  build host "$source"
  for how in under threaded; do
    rm -f "$SIDECAR"
    [ "$($how enabled ./host)" = same ] || skip "the loader puts them apart here"
    adds_up
    run "$WEIR" growth --stacks=0 "$SIDECAR"
    [[ $output = *"10 MB      10"*leak_of_a* ]]
    [[ $output = *"20 MB      20"*leak_of_b* ]]
  done
}
