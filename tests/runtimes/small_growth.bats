#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What grows in small blocks is named by its line, with no option, in real runtimes.
# shellcheck disable=SC2154 # from runtimes.bash

setup() {
  . "$BATS_TEST_DIRNAME/runtimes.bash"
  . "$BATS_TEST_DIRNAME/leaks.bash"
  command -v jq >/dev/null || skip "no jq"
  cd "$BATS_TEST_TMPDIR" || return
}

# is_named FILE PLACE: the line with most bytes, by samples, and that it is not called innocent.
is_named() {
  "$weir" growth --json "$1" >growth.json 2>growth.err && jq -e --arg place "$2" '.sites[0] |
    "\(.file // "" | split("/") | last):\(.line)" == $place and .live_bytes > 20000000 and
    (.live_error_share > 0) == ($place != "arenas.py:8") and (.verdict == "held" or .verdict == "undecided")' growth.json
}

# Small blocks are not weir's: that they are not among what it serves makes them no untouched memory. Nothing is escaped.
page_is_sound() {
  "$weir" report -o page.html "$1" && ! grep -oE '[^>]*(in blocks that weir serves|\\x[0-9a-f]{2})[^<]*' page.html
}

# names PLACE COMMAND...: within a minute.
names() {
  local place=$1 pid named=1
  shift
  "$weir" run --quiet --stats="$PWD/a.weir" -- "$@" >out 2>&1 3>&- &
  pid=$!
  for _ in {1..120}; do
    sleep 0.5
    ! is_named a.weir "$place" >/dev/null || { named=0; break; }
  done
  [ $named -ne 0 ] || page_is_sound a.weir || named=1
  kill "$pid" || true
  wait "$pid" || true
  [ $named -eq 0 ] || { cat out growth.err; "$weir" growth a.weir || true; }
  rm -f a.weir
  return $named
}

@test "Node: the line that keeps pieces of 64 KB" {
  local version node found=0
  for version in 20 24; do
    node=$(leak_node $version)
    [ -n "$node" ] || continue
    found=1
    names pieces.js:5 "$node" "$programs/pieces.js"
  done
  [ $found -eq 1 ] || skip "no Node"
}

@test "Node: the line of code that was warm before it was looked at is exact" {
  local version node found=0
  for version in 24 26; do
    node=$(leak_node $version)
    [ -n "$node" ] || continue
    found=1
    "$weir" run --quiet --stats="$PWD/a.weir" -- timeout 60 "$node" "$programs/warm.cjs" 3>&- &
    for _ in {1..50}; do
      sleep 1
      ! is_named a.weir warm.cjs:6 >/dev/null || break
    done
    kill $!
    wait $! || true
    "$weir" growth a.weir
    is_named a.weir warm.cjs:6
    page_is_sound a.weir
    jq -e '.sites[0] | .exact_line' growth.json
    rm a.weir
  done
  [ $found -eq 1 ] || skip "no Node"
}

@test "CPython: the line that keeps rows of 2000 bytes, and that of pairs in arenas, on its one thread" {
  command -v python3 >/dev/null || skip "no python3"
  "$weir" run --quiet --stats="$PWD/tier.weir" -- python3 -c 'b = bytearray(1 << 24)'
  "$weir" growth --json tier.weir | jq -e '.trace.tier == "python"' >/dev/null || skip "this python3's frames are not known"
  names rows.py:8 python3 "$programs/rows.py"
  # Nothing but mappings tells of these.
  names arenas.py:8 python3 "$programs/arenas.py"
}
