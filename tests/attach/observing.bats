#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The library that `weir attach` loads, loaded here by the guest itself: it sees and serves nothing, and goes again.

load attach

setup() {
  own_sidecars
}

teardown() {
  end_guest
}

# loaded: by dlopen, and attached.
loaded() {
  order "plug $LIBRARY"
  await_that "$WEIR" growth "$guest"
}

@test "loaded by dlopen: lines are named, older blocks are not seen, numbers add up" {
  start_guest
  order leak 3
  loaded
  order leak 5
  await_that live leak_here 5
  run -0 "$WEIR" growth "$guest"
  [[ $output =~ attached\ [0-9.]+\ (m?s|min)[^:]*ago:\ older\ blocks\ are\ not\ seen ]]

  run -0 "$WEIR" stat "$guest"
  [[ $output == *"older blocks are not seen"* ]]
  run -0 "$WEIR" top --once "$guest"
  [[ $output == *"older blocks are not seen"* ]]
  "$WEIR" report "$guest" -o "$BATS_TEST_TMPDIR/page.html"
  grep -q "older blocks are not seen" "$BATS_TEST_TMPDIR/page.html"
  "$WEIR" stat --json "$guest" | jq -e '.attached_unix_ns > 0 and .counters.large_observed >= 5'
  last_order exit
  ended 7
  run -0 "$WEIR" stat --check "$XDG_RUNTIME_DIR"/weir/*.weir
  [[ $output != *"not checked"* ]]
  "$WEIR" stat "$XDG_RUNTIME_DIR"/weir/*.weir | grep -q "exited: "
}

@test "each function of the family, on threads too: the guest finds what it wrote, nothing stays live" {
  start_guest
  loaded
  order family 3
  order errno
  order threads
  order leak
  await_that live leak_here 1
  run -0 "$WEIR" stat --check "$guest"
  "$WEIR" growth --json "$guest" | jq -e '[.sites[].live_bytes] | add == 300000'
  [ "$("$WEIR" stat --json "$guest" | jq .counters.large_observed)" -gt 16000 ]
  last_order exit
  ended 7
}

# sampled LEAST MOST: so many bytes are live in small blocks, as it is estimated.
sampled() {
  "$WEIR" growth --json "$guest" |
    jq -e --argjson least "$1" --argjson most "$2" '[.sites[] | select(.name | test("observed.c:")) | .live_bytes] | add // 0 | . >= $least and . <= $most'
}

@test "small blocks are sampled: about what there is, frees are seen, children go on, detaching forgets them" {
  start_guest WEIR_OPTIONS=trace_sample=16K,stats_ms=20
  loaded
  order small
  # 20 MB are kept, some 1250 samples: a fifth is seven deviations.
  await_that sampled 16000000 24000000
  "$WEIR" growth --json "$guest" | jq -e '[.sites[].alloc_bytes] | any(. > 34000000 and . < 46000000)'
  run -0 "$WEIR" stat --check "$guest"
  order "few children"
  order "small end"
  await_that sampled 0 0
  order small
  await_that sampled 16000000 24000000
  "$WEIR" detach "$guest"
  "$WEIR" attach "$guest"
  sampled 0 0
  order "small end"
  order small
  await_that sampled 16000000 24000000
  "$WEIR" detach "$guest"
  order slots
  grep -q 'malloc in libc.so.6, free in libc.so.6' "$said"
  last_order exit
  ended 7
}

@test "preloaded: the same, from the first block on" {
  start_guest LD_PRELOAD="$LIBRARY"
  await_that "$WEIR" growth "$guest"
  order leak 4
  await_that live leak_here 4
  last_order exit
  ended 7
}

@test "detached: every slot as before, protections as before, the record stays" {
  start_guest
  order slots
  protections >"$BATS_TEST_TMPDIR/before"
  loaded
  order leak 6
  await_that live leak_here 6
  protections >"$BATS_TEST_TMPDIR/during"
  order slots
  run -0 "$WEIR" detach "$guest"
  [[ $output =~ ^"detached from $guest: "[1-9][0-9]*" slots restored"$ ]]
  protections >"$BATS_TEST_TMPDIR/after"
  order slots
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/during"
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
  grep -F " in " "$said" >"$BATS_TEST_TMPDIR/slots"
  cat "$BATS_TEST_TMPDIR/slots"
  diff "$BATS_TEST_TMPDIR/slots" - <<-END
	malloc in libc.so.6, free in libc.so.6
	malloc in libweir_attach.so, free in libweir_attach.so
	malloc in libc.so.6, free in libc.so.6
	END
  order leak 2
  live leak_here 6
  run -0 "$WEIR" growth "$guest"
  [[ $output =~ detached\ .*\ ago,\ after\ .*:\ blocks\ of\ before\ and\ after\ are\ not\ seen ]]
  run -1 "$WEIR" detach "$guest"
  [[ $output == *"detached already"* ]]
  last_order exit
  ended 7
}

@test "a library that is loaded later is seen, one that is gone is not missed" {
  start_guest
  loaded
  order "plug $PLUGIN"
  # What it took as it was loaded may be older than its slots.
  seen_again() {
    order again
    "$WEIR" growth --json "$guest" | jq -e '.sites[] | select(.name | startswith("leak_in_plugin ")) | .live_count >= 1'
  }
  await_that seen_again
  order unplug
  "$WEIR" detach "$guest"
  order leak
  last_order exit
  ended 7
}

@test "blocks whose beginning or end is not seen: no harm, and no more of them than places" {
  start_guest
  loaded
  order mix 5
  run -0 "$WEIR" stat --check "$guest"
  # Of 4000; a place is used again and again.
  "$WEIR" growth --json "$guest" | jq -e '[.sites[].live_count] | add // 0 | . < 20'
  "$WEIR" detach "$guest"
  order mix
  "$WEIR" attach "$guest"
  order mix
  order leak 3
  await_that live leak_here 3
  "$WEIR" stat --check "$guest"
  last_order exit
  ended 7
}

@test "a child that becomes another program, a daemon, a process that is killed: as without" {
  start_guest
  loaded
  order spawn
  grep -qx "spawned 4 5" "$said"
  [ "$(find "$XDG_RUNTIME_DIR/weir" -name '*.weir' | wc -l)" -eq 1 ]
  sidecar=$(find "$XDG_RUNTIME_DIR/weir" -name '*.weir')
  order leak 3
  await_that live leak_here 3
  kill -KILL "$guest"
  ended 137
  "$WEIR" growth "$sidecar" | grep -q leak_here
  "$WEIR" stat --check "$sidecar"

  rm -f "$BATS_TEST_TMPDIR/orders"
  start_guest
  loaded
  # Its parent ends, it goes on, unseen.
  echo daemon >&9
  await_that grep -qx "done daemon" "$said"
  daemon=$(sed -n 's/^now //p' "$said")
  local status=0
  wait "$guest" || status=$?
  [ "$status" -eq 0 ]
  order leak
  order family
  run -1 "$WEIR" attach "$daemon"
  [[ $output == *"made by a process that weir was attached to"* ]]
  guest=
  last_order exit
  exec 9>&-
  await_that eval "! kill -0 $daemon"
}

@test "children of fork go unseen, and hang on nothing" {
  start_guest
  loaded
  order leak 50
  await_that live leak_here 50
  order children
  [ "$(find "$XDG_RUNTIME_DIR/weir" -name '*.weir' | wc -l)" -eq 1 ]
  live leak_here 50
  last_order exit
  ended 7
}

@test "a child is never forked while the library's thread holds the loader's lock: each loads what it likes" {
  start_guest LD_PRELOAD="$WEIR_BUILDDIR/libslow_walk.so" WEIR_OPTIONS=stats_ms=20
  loaded
  order "load in children"
  "$WEIR" detach "$guest"
  "$WEIR" attach "$guest"
  order "load in children"
  last_order exit
  ended 7
}

@test "a first thread that ends leaves a process that ends" {
  start_guest
  loaded
  last_order "end first thread"
  ended 0
}

@test "another allocator in front is the one that is seen" {
  for other in libjemalloc.so.2 libmimalloc.so.2; do
    path=$(/sbin/ldconfig -p | awk -v name="$other" '$1 ~ name { print $NF; exit }')
    [ -n "$path" ] || continue
    found=1
    rm -rf "$BATS_TEST_TMPDIR/orders" "$XDG_RUNTIME_DIR/weir"
    start_guest LD_PRELOAD="$path"
    loaded
    order family
    order leak 3
    await_that live leak_here 3
    "$WEIR" detach "$guest"
    order slots
    grep "malloc in $(basename "$path" .so.2)" "$said"
    order family
    last_order exit
    ended 7
  done
  [ -n "${found:-}" ] || skip "no other allocator here"
}

@test "purge asks the process's own allocator" {
  start_guest
  loaded
  run -0 "$WEIR" purge "$guest"
  [[ $output == "process $guest gave back "* ]]
  last_order exit
  ended 7
}

@test "random operations have the content that they have without it" {
  want=$("$WEIR_BUILDDIR/tests/preload/stress" 4 3000 7)
  got=$(LD_PRELOAD=$LIBRARY WEIR_OPTIONS="stats=$BATS_TEST_TMPDIR/s.weir,floor=8K,trace_min=8K" \
    timeout -k 5 120 "$WEIR_BUILDDIR/tests/preload/stress" 4 3000 7)
  [ "$want" = "$got" ]
  "$WEIR" stat --check "$BATS_TEST_TMPDIR/s.weir"
}
