#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Where the resident memory of real runtimes is: the parts add up to what smaps says at one instant, hardly anything is left
# over, V8's heap is as large as V8 says, and what it maps has its line.

load runtimes

teardown() {
  [ -z "${guest:-}" ] || kill -KILL "$guest" 2>/dev/null || true
}

# begin COMMAND...: under weir in the background until it has printed a line and looked at itself; its pid in $guest.
begin() {
  command -v jq >/dev/null || skip "no jq"
  cd "$BATS_TEST_TMPDIR" || return
  "$weir" run --quiet --stats="$sidecars/x.weir" -- "$@" </dev/null >said 2>err 3>&- &
  guest=$!
  for _ in {1..1200}; do
    if [ -s said ] && [ "$("$weir" stat --json "$sidecars/x.weir" 2>/dev/null | jq .counters.account_ns)" -gt 0 ]; then
      # What it allocated to get there is over.
      sleep 1
      return 0
    fi
    sleep 0.1
  done
  cat said err
  return 1
}

# still: the process is stopped while it is looked at, so that all looks are of one instant.
still() {
  kill -STOP "$guest"
  rss=$(awk '$1 == "Rss:" { sum += $2 } END { print sum * 1024 }' "/proc/$guest/smaps")
  "$weir" stat --json "$guest" | jq .memory >memory.json
  "$weir" growth --json "$guest" >growth.json
  "$weir" growth --stacks=0 "$guest" >growth.txt
  kill -CONT "$guest"
}

# near A B: within 1 % of B, or 2 MB.
near() {
  local d=$(($1 > $2 ? $1 - $2 : $2 - $1)) most=$(($2 / 100 > 2097152 ? $2 / 100 : 2097152))
  [ $d -le $most ] || { echo "$1 is not near $2"; return 1; }
}

adds_up() {
  jq -c . memory.json
  near "$(jq '.parts | add' memory.json)" "$rss"
  jq -e '.parts | .rest <= 0.03 * add' memory.json
  jq -e --slurpfile m memory.json '.rss.parts == $m[0].parts' growth.json
  [[ $(cat growth.txt) != *untracked* && $(cat growth.txt) != *heaptrack* ]]
}

# await_json FILTER COMMAND...: until what the command prints is so, for a minute at most.
await_json() {
  local filter=$1
  shift
  for _ in {1..120}; do
    ! "$@" | jq -e "$filter" >/dev/null || return 0
    sleep 0.5
  done
  "$@"
  return 1
}

of_node() {
  use "$1"
  begin "${runtime[@]}" "$programs/resident.mjs"
  # The Wasm memories, by the line that made them: the process tells of new mappings with its next write.
  await_json '[.sites[] | select(.kind == "mmap" and .function == "memories" and .line == 20) | .live_bytes] | add >= 12e6' \
    "$weir" growth --json "$guest"
  still
  adds_up
  # A tenth more or less: it goes on collecting.
  heap=$(jq .heap said)
  jq -e --argjson heap "$heap" '.parts.script | . > 0.8 * $heap and . < 1.25 * $heap + 4e6' memory.json
  jq -e '.parts.maps >= 12e6 and .parts.live >= 32e6 and .parts.stacks > 0 and .parts.files > 10e6' memory.json
}

@test "Node 18" {
  of_node node18
}

@test "Node 22" {
  of_node node22
}

@test "Node 24" {
  of_node node24
}

@test "Node 26" {
  of_node node26
}

@test "the system's Node" {
  of_node node
}

@test "Deno" {
  use deno
  begin "${runtime[@]}" "$programs/resident.mjs"
  await_json '.memory.parts.maps >= 12e6' "$weir" stat --json "$guest"
  still
  adds_up
  jq -e '.parts.script > 20e6 and .parts.maps >= 12e6' memory.json
}

@test "CPython: its arenas, mappings of its own, and blocks" {
  command -v python3 >/dev/null || skip "no python3"
  own_folders
  cat >"$BATS_TEST_TMPDIR/p.py" <<'PY'
import mmap, threading, time
kept = [("text %d" % i, i) for i in range(400000)]
blocks = [bytearray(b'x' * (4 << 20)) for _ in range(8)]
maps = [mmap.mmap(-1, 8 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) for _ in range(3)]
for m in maps:
    m.write(b'x' * (8 << 20))
for _ in range(3):
    threading.Thread(target=lambda: time.sleep(60), daemon=True).start()
time.sleep(1.5)
more = bytearray(b'x' * (4 << 20))
print("ready", flush=True)
time.sleep(60)
PY
  begin python3 "$BATS_TEST_TMPDIR/p.py"
  guest=$(jq -n "$("$weir" stat --json "$sidecars/x.weir" | jq .pid)")
  still
  adds_up
  jq -e '.parts.maps >= 24e6 and .parts.live >= 32e6 and .parts.script == 0' memory.json
}

@test "the page says so of what was allocated and never touched, and of nothing else" {
  echo 'const held = []; for (let i = 0; i < 20; i++) held.push(Buffer.alloc(20e6, Number(process.argv[2])));
    console.log("x"); setInterval(() => {}, 1e3);' >"$BATS_TEST_TMPDIR/lazy.js"
  begin node "$BATS_TEST_TMPDIR/lazy.js" 0
  "$weir" report -o page.html "$sidecars/x.weir"
  grep -qE 'Of [0-9.]+ MB in blocks that weir serves, [0-9.]+ [KM]?B are resident' page.html
  kill "$guest"
  wait "$guest" || true
  rm "$sidecars/x.weir"
  begin node "$BATS_TEST_TMPDIR/lazy.js" 1
  "$weir" report -o page.html "$sidecars/x.weir"
  ! grep -o 'in blocks that weir serves[^<]*' page.html
}
