#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Whose line allocated: the walker on real runtimes, by a preload that does nothing but walk
# (capture_all.c), and what is to survive it.

load runtimes

nodes='node node18 node21 node22 node23 node24 node25 node26'

# captured FLOOR COMMAND...: its allocations from FLOOR bytes on are walked; the stacks of those from
# 20 MB on are in ./log.
captured() {
  local floor=$1
  shift
  rm -f log
  CAPTURE_LOG=$PWD/log CAPTURE_FLOOR=$floor CAPTURE_PRINT=20000000 \
    LD_PRELOAD=$WEIR_BUILDDIR/libcapture_all.so timeout 120 "$@" </dev/null 3>&-
}

# The frames of the first stack that are the program's own: kind, function, line:column, definition.
own_frames() {
  awk '/^stack/ { n++ } n == 1' log | grep -F "$1" | sed -E "s|^ *||; s| [^ ]*$1:| |"
}

setup() {
  [ -e "$WEIR_BUILDDIR/libcapture_all.so" ] || skip "no shim in this build"
  cd "$BATS_TEST_TMPDIR" || return
}

# The story of places.js, whose two innermost functions are of these kinds.
story() {
  cat <<END
$1 leaf 7:9 def=6
$2 middle 11:12 def=9
js füllen 16:10 def=15
js table.entry 21:15 def=20
js - 23:46 def=23
js arrow 23:30 def=23
js main 44:2 def=42
END
}

# places KIND KIND FLAGS... -- HOW
places() {
  local kinds=("$1" "$2") flags=() tested=0
  shift 2
  while [ "$1" != -- ]; do
    flags+=("$1")
    shift
  done
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    echo "# $name"
    captured 1000000 "${runtime[@]}" --allow-natives-syntax "${flags[@]}" "$programs/places.js" ${2:+"$2"}
    own_frames places.js >got
    story "${kinds[@]}" | diff - got
    grep -q 'truncated=0' log
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

@test "exact lines of interpreted functions" {
  places js js --no-sparkplug --no-opt --
}

@test "exact lines where V8 leaves its builtins in the file" {
  places js js --no-sparkplug --no-opt --no-short-builtin-calls --
}

@test "exact lines of baseline code" {
  places js js --no-opt -- baseline
}

@test "exact lines of optimised code, and what was inlined" {
  places js-inlined js-optimized -- optimized
}

@test "exact lines of Maglev's code" {
  nodes='node24 node25 node26' places js-inlined js-optimized -- maglev
}

@test "ESM, async functions, vm, and many workers" {
  cat >modules.mjs <<'END'
// 名: a text of two bytes a character
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import vm from 'node:vm';
class Holder {
	#kept = [];
	async add(bytes) {
		await null;
		this.#kept.push(new ArrayBuffer(bytes));
	}
}
if (isMainThread) {
	vm.runInThisContext('globalThis.f = (n) => Buffer.alloc(n)', { filename: 'virtual.js', lineOffset: 99 });
	f(20 << 20);
	for (let i = 0; i < 12; i++)
		new Worker(new URL(import.meta.url), { workerData: i });
} else {
	await new Holder().add(20 << 20);
	setTimeout(() => {}, 500);
}
END
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    # Who waits too long for the ranges of code, as on a machine that stood still, goes without a line.
    for _ in 1 2 3; do
      captured 100000 "${runtime[@]}" modules.mjs
      [ "$(grep -c 'js globalThis.f virtual.js:100:30 def=100' log)" -eq 1 ]
      n=$(grep -cE 'js add file:///.*/modules.mjs:8:19 def=6' log) || true
      [ "$n" -lt 12 ] || break
    done
    [ "$n" -eq 12 ] || { cat log && false; }
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "every allocation walked while V8 collects, and workers come and go" {
  tested=0
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    for floor in 64 1024 65536; do
      captured $floor "${runtime[@]}" --expose-gc "$programs/collect.js" 1500
      grep -q '^end captures=[1-9][0-9]* .* tier=3 name=node version=V8 .* reason=$' log
    done
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

@test "V8's collections and its heap are known" {
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    captured 1000000 "${runtime[@]}" --expose-gc -e '
      const kept = Buffer.alloc(2 << 20);
      const collect = () => gc(); // V8 comes back to weir where a function begins
      for (let i = 0; i < 5; i++) collect();
      const before = v8.getHeapStatistics();
      Buffer.alloc(20 << 20);
      console.log(before.used_heap_size, before.external_memory)' >heap
    read -r used external <heap
    read -r majors got got_external < <(
      sed -nE '/^stack/{s/.*majors=([0-9]+) .*heap=([0-9]+) external=([0-9]+)/\1 \2 \3/p;q}' log)
    echo "# $name: $majors $got $got_external, $used $external"
    [ "$majors" -ge 5 ]
    # Taken at the last collection: what came since is little.
    [ $((got > used ? got - used : used - got)) -lt 2000000 ]
    [ $((got_external > external ? got_external - external : external - got_external)) -lt 2000000 ]
  done
}

@test "CPython: exact lines, on a thread, through a generator and C" {
  for python in python3.11 python3.12 python3.13; do
    "$python" -c "" 2>/dev/null || continue # missing, or a shim without its version
    captured 1000000 $python "$programs/places.py"
    own_frames places.py >got
    diff - got <<'END'
python leaf 10:12 def=9
python Größe.__init__ 16:13 def=14
python Größe.fill 21:16 def=19
python generate 25:11 def=24
python main.<locals>.<lambda> 29:42 def=29
python main 29:12 def=28
END
    grep -q "^end .* tier=2 name=python version=CPython ${python#python} reason=$" log
    captured 1 $python -c '
import gc, json, threading
def churn():
    for i in range(40):
        json.loads(json.dumps({str(k): [k] for k in range(100)}))
        exec("def f(x):\n  return bytearray(x)\nf(100)")
        gc.collect()
threads = [threading.Thread(target=churn) for _ in range(2)]
for t in threads: t.start()
churn()
for t in threads: t.join()'
    grep -q '^end captures=[1-9][0-9]* .* tier=2 name=python' log
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no CPython here whose frames are known"
}

@test "through the shim: weir growth names the line of the program" {
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    rm -f "$sidecars"/*
    with_weir "${runtime[@]}" "$programs/places.js"
    "$weir" growth --json "$sidecars"/*.weir >growth.json
    jq -e '.trace.tier == "v8" and .trace.tier_reason == ""' growth.json
    jq -re '.sites[] | select(.alloc_bytes == 20971520) |
      "\(.function) \(.line):\(.column) \([.stack[] | select(.kind == "js").function] | join(" "))"' \
      growth.json >got
    head -1 got | grep -qF 'leaf 7:9 leaf middle füllen table.entry (anonymous) arrow main'
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "the same stack below an await is known again" {
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    rm -f "$sidecars"/*
    with_weir "${runtime[@]}" "$programs/awaits.mjs"
    "$weir" stat --json "$sidecars"/*.weir >stat.json
    # What the next allocator serves while a lock's holder has lost its processor has no stack.
    jq -e '.fallbacks.busy as $busy | .trace | .captures + $busy >= 2000 and .capture_hits > .captures / 2' stat.json
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "a library's C++ exceptions bind to nothing of weir's" {
  command -v g++ || skip "no C++ compiler"
  echo 'extern "C" int thrower() { try { throw 42; } catch (int n) { return n; } }' >thrower.cc
  g++ -shared -fPIC -o thrower.so thrower.cc
  cat >host.c <<'END'
#include <dlfcn.h>
#include <stdlib.h>
int main(void)
{
	void *volatile p = malloc(1 << 20); /* a stack is taken before, and one behind */
	int (*thrower)(void) = (int (*)(void))dlsym(dlopen("./thrower.so", RTLD_NOW), "thrower");
	int got = thrower();
	free(p);
	p = malloc(2 << 20);
	return got == thrower() ? got : 1;
}
END
  gcc -o host host.c -ldl
  run with_weir env LD_DEBUG=bindings LD_DEBUG_OUTPUT="$PWD/bindings" ./host
  [ "$status" -eq 42 ]
  grep -hE 'symbol .(_Unwind|__cxa|unw_)' bindings.* >bound
  grep -q '_Unwind_RaiseException' bound
  if grep -E ' to [^ ]*(weir|libunwind)' bound; then
    return 1
  fi
}

@test "Deno: native frames to the start of the program, and the reason" {
  use deno
  echo 'globalThis.kept = new Uint8Array(20 << 20); console.log(kept.length)' >big.js
  captured 1000000 "${runtime[@]}" big.js
  grep -q '^stack 20971520 .* truncated=0 ' log
  [ "$(grep -c '^  native .*/deno$' log)" -ge 10 ]
  grep -q '^end .* tier=0 name=deno .*reason=Deno does not export' log
  # The report says so, and names the code of Deno's that allocates.
  with_weir "${runtime[@]}" big.js
  run "$weir" growth "$sidecars"/*.weir
  [[ $output == *"Deno does not export the constants of its V8"* ]]
  "$weir" growth --json "$sidecars"/*.weir >growth.json
  jq -e '.trace.tier == "native" and .trace.runtime == "deno"' growth.json
  jq -e '.sites | length >= 1 and all(.verdict != "held"
    and (.stack | length >= 10 and all(.kind == "native")))' growth.json
}
