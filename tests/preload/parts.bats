#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Where resident memory is: parts of one instant that add up to what smaps says, and who mapped what.

load preload

teardown() {
  [ -z "${guest:-}" ] || kill -KILL "$guest" 2>/dev/null || true
}

# begin MODE N [OPTIONS]: a guest that has mapped what it will and waits; its pid in $guest.
begin() {
  mkfifo "$BATS_TEST_TMPDIR/say"
  sleep 300 >"$BATS_TEST_TMPDIR/say" 3>&- &
  LD_PRELOAD=$SHIM${peer:+:$peer} WEIR_OPTIONS=stats=$SIDECAR,stats_ms=100${3:+,$3} \
    "$GUESTS/mapper" "$1" "$2" <"$BATS_TEST_TMPDIR/say" >"$BATS_TEST_TMPDIR/ready" 3>&- &
  guest=$!
  await_that grep -q ready "$BATS_TEST_TMPDIR/ready"
  await_that looked
}

looked() {
  [ "$(counter account_ns)" -gt 0 ]
}

# part NAME WHAT...: in MB, as a command that prints JSON has it.
part() {
  local name=$1
  shift
  "$@" | jq ".. | .parts? // empty | .$name / 1048576 | floor"
}

# recorded NAME: in MB, as the process wrote it.
recorded() {
  local copy=$BATS_TEST_TMPDIR/copy.weir
  cp "$SIDECAR" "$copy"
  echo $(($("$WEIR" stat --json "$copy" | jq ".counters.part_$1_bytes") >> 20))
}

# adds_up_to_smaps: the parts are all that is resident, within 1 % or 2 MB.
adds_up_to_smaps() {
  local rss sum
  rss=$(awk '$1 == "Rss:" { sum += $2 } END { print sum * 1024 }' "/proc/$guest/smaps")
  sum=$("$WEIR" stat --json "$guest" | jq '.memory.parts | add')
  echo "smaps $rss, parts $sum"
  [ $((sum > rss ? sum - rss : rss - sum)) -le $((rss / 100 > 2097152 ? rss / 100 : 2097152)) ]
}

rows_named() {
  "$WEIR" growth --json "$1" | jq -e --arg of "$2" '[.sites[] | select(.kind == "mmap" and .live_bytes > 0 and
    any(.stack[]; .function | tostring | contains($of)))] | length > 0' >/dev/null
}

@test "what a program maps itself is a part, and has its line, as far as it is resident" {
  command -v jq >/dev/null || skip "no jq"
  begin keep 20
  adds_up_to_smaps
  [ "$(part maps "$WEIR" stat --json "$guest")" -ge 40 ]
  [ "$(part maps "$WEIR" stat --json "$guest")" -le 43 ]
  [ "$(part live "$WEIR" stat --json "$guest")" -eq 24 ]
  [ "$(part rest "$WEIR" stat --json "$guest")" -eq 0 ]
  await_that rows_named "$guest" keep
  run "$WEIR" growth --json "$guest"
  [ "$(jq '[.sites[] | select(.kind == "mmap") | .live_bytes] | add / 1048576 | floor' <<<"$output")" -eq 41 ]
  [ "$(jq '[.sites[] | select(.kind == "mmap") | .live_count] | add' <<<"$output")" -ge 21 ]
  adds_up
  # The same in all views, and after death, with its age.
  [ "$(part maps "$WEIR" growth --json "$guest")" -eq "$(part maps "$WEIR" stat --json "$guest")" ]
  "$WEIR" stat "$guest" | grep 'mapped by the program itself'
  "$WEIR" top --once "$guest" | grep 'maps 4[0-3]'
  "$WEIR" report -o "$BATS_TEST_TMPDIR/page.html" "$guest"
  grep -q 'mapped by the program itself' "$BATS_TEST_TMPDIR/page.html"
  "$WEIR" export --format=openmetrics "$guest" | grep -q 'weir_part_bytes{.*part="maps"} 4[0-9]\{7\}'
  kill -KILL "$guest"
  await_that gone
  guest=
  [ "$(part maps "$WEIR" stat --json "$SIDECAR")" -ge 40 ]
  "$WEIR" growth "$SIDECAR" >"$BATS_TEST_TMPDIR/after"
  grep 'as the process saw it .* before its last write' "$BATS_TEST_TMPDIR/after" ||
    [ "$("$WEIR" stat --json "$SIDECAR" | jq .memory.parts_age_seconds)" = 0 ]
}

gone() {
  ! kill -0 "$guest"
}

# seen N: the last write knows of so many.
seen() {
  [ "$(counter maps_seen)" -ge "$1" ]
}

@test "what was unmapped is no part, however often; what mremap moved is said as not known" {
  command -v jq >/dev/null || skip "no jq"
  begin churn 3000
  adds_up_to_smaps
  await_that seen 3000
  [ "$(counter maps_lost)" -eq 0 ]
  [ "$(part maps "$WEIR" stat --json "$guest")" -le 2 ]
  kill -KILL "$guest"
  rm "$BATS_TEST_TMPDIR/say" "$SIDECAR"
  begin grow 40
  adds_up_to_smaps
  [ $(($(part maps "$WEIR" stat --json "$guest") + $(part rest "$WEIR" stat --json "$guest"))) -ge 39 ]
}

@test "pages of zeros that were only read are no memory, and what is shared is what was touched" {
  command -v jq >/dev/null || skip "no jq"
  begin zeros 60
  adds_up_to_smaps
  [ "$(recorded rest)" -le 2 ]
  [ "$(recorded maps)" -le 2 ]
  kill -KILL "$guest"
  rm "$BATS_TEST_TMPDIR/say" "$SIDECAR"
  begin shared 40
  adds_up_to_smaps
  [ "$(recorded maps)" -ge 40 ]
  [ "$(recorded maps)" -le 42 ]
  [ "$(recorded files)" -le 20 ]
}

@test "a large host of one thread, which is not held up by smaps, has its parts on record" {
  command -v jq >/dev/null || skip "no jq"
  begin alone 70
  adds_up_to_smaps
  [ "$(recorded maps)" -ge 140 ]
  [ "$(recorded maps)" -le 144 ]
  [ "$(recorded rest)" -le 2 ]
}

@test "a look at 60,000 mappings, which takes a tenth of a second, is given up by a host's own thread" {
  command -v jq >/dev/null || skip "no jq"
  [ "$(cat /proc/sys/vm/max_map_count)" -ge 65530 ] || skip "a process may have few mappings"
  mkfifo "$BATS_TEST_TMPDIR/say"
  sleep 300 >"$BATS_TEST_TMPDIR/say" 3>&- &
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR,stats_ms=100 \
    "$GUESTS/mapper" many 60000 <"$BATS_TEST_TMPDIR/say" >"$BATS_TEST_TMPDIR/ready" 3>&- &
  guest=$!
  await_that grep -q ready "$BATS_TEST_TMPDIR/ready"
  [ "$(counter sidecar_writes)" -ge 3 ]
  [ "$(counter account_ns)" -eq 0 ]
  # Who asks has the time.
  [ "$(part live "$WEIR" stat --json "$guest")" -eq 29 ]
}

@test "without a trace the parts are the same" {
  command -v jq >/dev/null || skip "no jq"
  begin keep 20 trace=off
  adds_up_to_smaps
  [ "$(part maps "$WEIR" stat --json "$guest")" -ge 40 ]
}

@test "a forked child's mappings are its own" {
  command -v jq >/dev/null || skip "no jq"
  cat >"$BATS_TEST_TMPDIR/child.py" <<'PY'
import mmap, os, sys, time
kept = mmap.mmap(-1, 30 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
kept.write(b'x' * (30 << 20))
if os.fork() == 0:
    more = mmap.mmap(-1, 40 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    more.write(b'x' * (40 << 20))
    block = bytearray(b'y' * (24 << 20))
    print("ready", flush=True)
    time.sleep(300)
time.sleep(300)
PY
  command -v python3 >/dev/null || skip "no python3"
  LD_PRELOAD=$SHIM:$COMPANY WEIR_OPTIONS=stats=$BATS_TEST_TMPDIR/%p.weir,stats_ms=100 \
    python3 "$BATS_TEST_TMPDIR/child.py" >"$BATS_TEST_TMPDIR/ready" 3>&- &
  first=$!
  await_that grep -q ready "$BATS_TEST_TMPDIR/ready"
  guest=$(pgrep -P "$first" | head -n 1)
  await_that test -s "$BATS_TEST_TMPDIR/$guest.weir"
  adds_up_to_smaps
  kill -KILL "$first"
}

next_told() {
  [ "$("$WEIR" stat --json "$guest" | jq .memory.next_free_bytes)" -gt 0 ]
}

# It may have told before, when less of it was free, and tells again once nobody disturbs its rest, as who looks does.
half_is_free() {
  sleep 6
  "$WEIR" stat --json "$guest" | jq -e '.memory | .parts.next > 88e6 and .next_used_bytes > 43e6
    and .next_used_bytes < 54e6 and .next_free_bytes > 38e6'
}

@test "what of the own allocator's memory is free and kept, it tells when the process rests; until then that is not known" {
  command -v jq >/dev/null || skip "no jq"
  begin pieces 90
  run "$WEIR" stat "$guest"
  [[ $output = *"of the own allocator's memory"* ]]
  await_that next_told
  adds_up_to_smaps
  await_that half_is_free || { "$WEIR" stat --json "$guest" | jq .memory && return 1; }
  "$WEIR" growth --stacks=0 "$guest" | grep 'free and kept by glibc: in pieces'
}

# It is asked each ten seconds at most.
half_is_used() {
  sleep 2
  "$WEIR" stat --json "$guest" | jq -e '.memory | .parts.next > 80e6 and .parts.maps < 4e6
    and .next_used_bytes > 40e6 and .next_used_bytes < 60e6'
}

asked_peer() {
  peer=$1
  [ -z "$(LD_PRELOAD=$peer true 2>&1)" ] || skip "no $peer"
  begin pieces 90
  adds_up_to_smaps
  await_that half_is_used || { "$WEIR" stat --json "$guest" | jq .memory && return 1; }
}

@test "jemalloc tells what of its memory is in use, and what it maps is told from the program's" {
  command -v jq >/dev/null || skip "no jq"
  asked_peer libjemalloc.so.2
}

@test "tcmalloc tells what of its memory is in use" {
  command -v jq >/dev/null || skip "no jq"
  asked_peer libtcmalloc_minimal.so.4
}

@test "what a process of one thread asked for after its last write is in no line, and that is said" {
  build burst -x c - <<'END'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int
main(void)
{
	for (int i = 0; i < 30; i++) {
		memset(malloc(1 << 20), 1, 1 << 20);
		if (i == 9)
			sleep(2);
	}
	pause();
	return 0;
}
END
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=$SIDECAR "$BATS_TEST_TMPDIR/burst" 3>&- &
  guest=$!
  sleep 4
  for command in growth stat; do
    run "$WEIR" $command "$guest"
    # The eleventh leads to a write.
    [[ $output = *"  at least 19 MB that weir serves came after the last write and has no line yet"* ]]
  done
  kill -KILL "$guest"
  wait "$guest" || true
  run "$WEIR" growth "$SIDECAR"
  [[ $output != *"came after"* ]]
}
