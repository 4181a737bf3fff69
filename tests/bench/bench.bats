#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The benchmarks still run and say what they are to say; how fast is none of a test's business.

: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
bench=$WEIR_SRCDIR/bench

setup() {
  command -v jq >/dev/null || skip "no jq"
  cd "$BATS_TEST_TMPDIR" || return
}

need_node() {
  command -v node >/dev/null || skip "no node"
}

# The cases that the usage text of a program lists.
cases_of() {
  "$WEIR_BUILDDIR/bench/$1_bench" --help 2>&1 | sed -n 's/^  \([a-z_]*\) .*/\1/p'
}

# Every row has a name, a case, and a value with a unit, or a reason why not.
good_rows() {
  jq -es --arg name "$1" 'length > 0 and all(.name == $name and (.case | length > 0)
    and ((.value | type == "number" and . >= 0) and (.unit | length > 0)
      or (.skipped | length > 0)))' rows
}

@test "every case of alloc_bench runs and prints rows" {
  cases=$(cases_of alloc)
  [ "$(echo "$cases" | wc -l)" -ge 10 ]
  for one in $cases; do
    echo "case $one"
    "$WEIR_BUILDDIR/bench/alloc_bench" --scale 0.001 "$one" >rows
    good_rows alloc
    jq -es --arg case "$one" 'all(.case | startswith($case))' rows
    # What a case does not measure, it leaves out.
    jq -es 'all(.kept_mb == null or .case == "burst.left")' rows
  done
}

@test "scratch_bench finds weir's pool in a process that has it, and its rivals without" {
  "$WEIR_BUILDDIR/bench/scratch_bench" --scale 0.001 class >rows
  good_rows scratch
  jq -es 'map(.case) | any(endswith(".malloc")) and all(endswith(".weir") | not)' rows
  WEIR_OPTIONS=stats=off LD_PRELOAD=$WEIR_BUILDDIR/libweir_preload.so \
    "$WEIR_BUILDDIR/bench/scratch_bench" --scale 0.001 >rows
  good_rows scratch
  jq -es 'map(.case) | any(. == "class.1M.weir") and any(. == "growth.1000x1M.weir")' rows
}

@test "the pool of three classes has the faults that the graded one is measured against" {
  # Apart: a pool that has seen other sizes is full of what they left.
  for one in waste growth; do
    "$WEIR_BUILDDIR/bench/scratch_bench" "$one"
  done >rows
  jq -es 'map({key: .case, value: .value}) | from_entries
    | .["waste.boundary.three_classes"] > 90
      and .["growth.1000x1M.three_classes"] > 50000
      and .["growth.1000x1M.malloc"] < 10240' rows
}

@test "a program that does not exist, or a case, is a usage error" {
  run "$WEIR_BUILDDIR/bench/alloc_bench" nonsense
  [ "$status" -eq 2 ]
  [[ $output == *usage*calloc_loop* ]]
  run "$WEIR_BUILDDIR/bench/scratch_bench" nonsense
  [ "$status" -eq 2 ]
  need_node
  run node "$bench/bench.js" --build "$WEIR_BUILDDIR" --only nonsense
  [ "$status" -eq 2 ]
  [[ $output == *"no program nonsense; there are "*hex20* ]]
  run node "$bench/bench.js" --build "$WEIR_BUILDDIR" --peers nonsense
  [ "$status" -eq 2 ]
  [[ $output == *"no peer nonsense; there are glibc"* ]]
}

@test "every workload runs on its own and reports work, time and memory" {
  need_node
  workloads=$(node "$bench/bench.js" --list --only workloads --peers glibc | sed '$d; s/ .*//')
  [ "$(echo "$workloads" | wc -l)" -ge 10 ]
  for one in $workloads; do
    echo "workload $one"
    node --expose-gc "$bench/workloads/$one.js" --scale=0.005 --idle-ms=60 --gc-ms=10 >rows
    jq -es --arg name "$one" 'length == 1 and (.[0] | .name == $name and .ops > 0
      and .held_peak >= .held_mean and .held_mean > 0
      and .seconds > 0 and .wall_seconds >= .seconds and .cpu_seconds > 0
      and .rss_peak > 1e7 and .rss_idle > 1e7 and .rss_gc > 1e7
      and .phases_ms.start < .phases_ms.end and .phases_ms.end < .phases_ms.idle
      and (.bytes > 0 or .name == "startup"))' rows
  done
}

@test "programs of other runtimes run where these are" {
  need_node
  programs=$(node "$bench/bench.js" --list --only 'small_bursts_*' --peers glibc | sed '$d; s/ .*//')
  [ -n "$programs" ] || skip "none of them"
  node "$bench/bench.js" --build "$WEIR_BUILDDIR" --only 'small_bursts_*' --peers glibc --reps 1 --scale 0.01 --json out.json
  for one in $programs; do
    jq -e --arg one "$one" '.summary[$one].glibc.medians | .cpu_seconds >= 0 and .ops > 0 and .faults >= 0' out.json
  done
}

@test "peers run in turns, and their medians stand against plain glibc's" {
  need_node
  node "$bench/bench.js" --build "$WEIR_BUILDDIR" --only hex20,alloc.pair --peers weir \
    --weir small:floor=64K --env arena:MALLOC_ARENA_MAX=1 --reps 2 --scale 0.01 --idle 0.3 \
    --gc 0.1 --sidecars . --json out.json >table
  cat table
  jq -e '[.runs[] | select(.cell == "hex20") | .peer]
    == ["glibc", "weir", "small", "arena", "glibc", "weir", "small", "arena"]' out.json
  jq -e '.summary.hex20 | .glibc.ratios.seconds == 1 and (.weir.medians
    | .rss_peak >= .rss_mean and .rss_mean > 1e7 and .rss_idle > 1e7 and .seconds > 0)' out.json
  jq -e '.summary["alloc.pair.64"].weir.medians.value > 0' out.json
  # It was weir indeed: one sidecar for each run, and blocks went through it.
  [ "$(find . -name 'weir.*.weir' -o -name 'small.*.weir' | wc -l)" -eq 4 ]
  for sidecar in weir.*.weir; do
    "$WEIR_BUILDDIR/weir" stat --json "$sidecar" | jq -e '.counters.large_requests > 0'
  done
  grep -q '^hex20$' table
  grep -q '^small ' table
  grep -q 'alloc.pair.64 (ns)' table
}

@test "under weir, the example tells hits and waste by weir's own account" {
  need_node
  node "$bench/bench.js" --build "$WEIR_BUILDDIR" --only file_digest --peers weir --reps 1 \
    --scale 0.1 --idle 0.1 --json out.json
  jq -e '.summary.file_digest | .glibc.medians.hit_percent == null and (.weir.medians
    | .hit_percent > 0 and .hit_percent <= 100 and .waste_percent >= 0 and .waste_percent < 50
      and .timer_cpu_seconds >= 0 and .seconds > 0)' out.json
}

@test "what fails is named and fails the run; what is not there is left out with a reason" {
  need_node
  run node "$bench/bench.js" --build "$BATS_TEST_TMPDIR" --only hex20 --peers weir,trim1s \
    --node "$(type -P false)" --reps 1
  [ "$status" -eq 1 ]
  [[ $output == *"left out: weir: no "*libweir_preload.so* ]]
  [[ $output == *"left out: trim1s: no "* ]]
  [[ $output == *"FAILED: hex20 under glibc: ended with 1"* ]]
}

@test "medians, spreads and ratios are right" {
  need_node
  node -e '
    const { median, spread, summarize } = require(process.argv[1]);
    const assert = require("assert");
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([4, 1, 2, 3]), 2.5);
    assert.equal(spread([90, 100, 110]), 0.1);
    const runs = [["glibc", 2], ["weir", 1], ["glibc", 4], ["weir", 1]]
      .map(([peer, seconds]) => ({ cell: "x", peer, seconds }));
    const { x } = summarize(runs, [{ name: "glibc" }, { name: "weir" }]);
    assert.equal(x.glibc.medians.seconds, 3);
    assert.equal(x.weir.ratios.seconds, 1 / 3);
    assert.equal(x.weir.runs, 2);
  ' "$bench/summary.js"
}

@test "goals are held against the worst case, and misses stand out" {
  need_node
  cat >result.json <<'END'
{"summary": {
  "alloc.pair.64": {"glibc": {"medians": {"low": 5}}, "weir": {"medians": {"low": 6}}},
  "alloc.pair.4096": {"glibc": {"medians": {"low": 5}}, "weir": {"medians": {"low": 8}}},
  "alloc.sweep.4M": {"pinned": {"medians": {"value": 100}}, "weir": {"medians": {"value": 10}}},
  "alloc.sweep.5M": {"pinned": {"medians": {"value": 100}}, "weir": {"medians": {"value": 40}}},
  "image": {
    "glibc": {"medians": {"seconds": 4, "rss_peak": 100, "rss_mean": 50}},
    "tcmalloc": {"medians": {"seconds": 2}},
    "weir": {"medians": {"seconds": 2.5, "rss_peak": 114, "rss_mean": 60}}}}}
END
  node "$bench/goals.js" result.json >goals
  cat goals
  grep -qF '| malloc+free of 64 B to 4 KB, more than glibc | <= 1.50 ns | 3.00 ns (alloc.pair.4096) | **not reached** |' goals
  grep -qF '| 24 sizes from 4 to 100 MB, speed to fresh pages | >= 5.00 x | 2.50 x (alloc.sweep.5M) | **not reached** |' goals
  grep -qF '| `image` | **0.80 x** | - | - | - | - | 1.14 x | **1.20 x** |' goals
}
