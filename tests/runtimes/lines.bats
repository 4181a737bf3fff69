#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Exact means exact: a program counts for itself how often each of its lines was on the stack of an allocation
# (programs/lines.cjs), in whichever way V8 has compiled it by then. No line may have more than that, and none
# may be missing but what is said to be inexact.

load runtimes

nodes='node node18 node21 node22 node23 node24 node25 node26'

setup() {
  cd "$BATS_TEST_TMPDIR" || return
}

# judge: what weir says of the run (growth.json) beside what the program counted (counts.json). `unseen`: blocks that weir
# counts as served by the next allocator, or as without a stack, because a lock was held: each has two lines at most.
judge() {
  jq -c --slurpfile counts counts.json --slurpfile stat stat.json --arg program "${program-lines.cjs}" '
    def own: [.stack[] | select(.file != null and (.file | endswith($program)))];
    ([.sites[] | select(.alloc_bytes > 100000 * .alloc_count) | .alloc_count as $n | [own[] | select(.exact_line).line] | unique[] | {line: tostring, $n}]
      | group_by(.line) | map({key: .[0].line, value: (map(.n) | add)}) | from_entries) as $got
    | ($counts[0] | to_entries) as $want
    | {counted: ($want | map(.value) | add), unseen: ($stat[0].fallbacks.busy + .dropped.busy),
       seen: ($want | map($got[.key] // 0) | add),
       wrong: ($want | map([($got[.key] // 0) - .value, 0] | max) | add),
       inexact: ([.sites[] | .alloc_count as $n | own | select(any(.exact_line | not)) | $n] | add // 0)}' growth.json
}

# lines FLAG...: of each Node here.
lines() {
  local tested=0
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    with_weir "${runtime[@]}" "$@" "$programs/${program-lines.cjs}" counts.json "${ROUNDS:-150}" "${workers-}" >said 2>&1 || true
    "$weir" growth --json --top=0 --by=stack --no-files "$sidecars"/*.weir >growth.json
    "$weir" stat --json "$sidecars"/*.weir >stat.json
    judge >judged
    echo "# $name $* $(cat judged)"
    # Blocks from before tracing has begun in earnest are few (weir_trace_early).
    jq -e ".wrong == 0 and .inexact <= .counted / 100 and .seen >= .counted - 20 - 2 * .unseen - .inexact" judged
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

@test "lines are those of the calls, as V8 compiles by itself" {
  lines
}

@test "lines are those of the calls in Maglev's code" {
  nodes='node22 node23 node24 node25 node26' lines --maglev --no-turbofan
}

@test "lines are those of the calls in workers, which may have copies of the builtins of their own" {
  workers=24 ROUNDS=12 lines
}

@test "lines are those of the calls in code that lies where other code of the function lay" {
  program=again.cjs ROUNDS=300 lines --allow-natives-syntax --expose-gc --no-use-osr
}

# For make check-lines.
@test "lines are those of the calls under every way to compile and to collect" {
  [ -n "${WEIR_LONG-}" ] || skip "long: make check-lines"
  for flags in --jitless --no-opt --always-sparkplug --max-lazy --no-use-ic --stress-compaction --gc-interval=500 \
    --stress-flush-code --optimize-for-size --single-threaded --no-short-builtin-calls --perf-basic-prof \
    --enable-lazy-source-positions --stress-lazy-source-positions --no-flush-bytecode; do
    ROUNDS=600 lines $flags
  done
}

@test "texts and names out of the ordinary: as V8 itself calls them" {
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    with_weir "${runtime[@]}" "$programs/texts.cjs" >wanted || true
    "$weir" growth --json --top=0 --by=stack --no-files "$sidecars"/*.weir >growth.json
    jq -r '.sites[] | .alloc_bytes as $bytes | .stack[] | select(.exact_line)
      | [$bytes, .function, .file // "", .line] | @tsv' growth.json >got
    [ "$(wc -l <wanted)" -eq 11 ]
    while read -r line; do
      grep -qxF "$line" got || {
        echo "# $name: $line"
        grep "^${line%%$'\t'*}" got
        return 1
      }
    done <wanted
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

# shaped FLAG...: of each Node here, the line that a block's size says is on its stack, and no block is of a line said to
# be exact that is not.
shaped() {
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    with_weir "${runtime[@]}" "$@" "$programs/${program-shapes.cjs}" "${ROUNDS:-60}" >said 2>&1 || true
    "$weir" growth --json --top=0 --by=stack --no-files "$sidecars"/*.weir >growth.json
    "$weir" stat --json "$sidecars"/*.weir >stat.json
    jq -c --arg program "${program-shapes.cjs}" --argjson counted "$(grep -m1 -x '[0-9]*' said)" --slurpfile stat stat.json '
      .dropped.busy as $dropped | [.sites[] | select(.alloc_count > 0) | ((.alloc_bytes / .alloc_count - 200000) / 64) as $line
        | select($line == ($line | floor) and $line > 0 and $line < 250)
        | {n: .alloc_count, own: [.stack[] | select(.file != null and (.file | endswith($program)))]}
        | .right = any(.own[]; .exact_line and .line == $line) | .exact = .own[0].exact_line]
      | {counted: $counted, seen: (map(.n) | add), unseen: ($stat[0].fallbacks.busy + $dropped),
         wrong: ([.[] | select(.exact and (.right | not)).n] | add // 0),
         inexact: ([.[] | select(.exact | not).n] | add // 0)}' growth.json >judged
    echo "# $name $* $(cat judged)"
    jq -e '.wrong == 0 and .inexact <= .counted / 100 and .seen >= .counted - 10 - .unseen' judged
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "lines of many shapes are those that the sizes of their blocks say" {
  shaped
  [ -z "${WEIR_LONG-}" ] || for flags in --always-sparkplug --no-opt --max-lazy --stress-flush-code; do
    shaped $flags
  done
}

@test "so are those of what the runtime calls, and of text that is run" {
  [ -n "${WEIR_LONG-}" ] || nodes='node node24 node26'
  program=called.cjs ROUNDS=10 shaped
}

@test "no line is said to be that of a fast call that is another" {
  for name in $nodes; do
    is_here "$name" && [ "$name" != node18 ] || continue
    use "$name"
    with_weir "${runtime[@]}" --expose-internals "$programs/fast_calls.cjs" 2>/dev/null
    "$weir" growth --json --top=0 --by=stack --no-files "$sidecars"/*.weir >growth.json
    # Some have three bytes for each character.
    jq -c '[.sites[] | select(.alloc_count > 0) | (.alloc_bytes / .alloc_count) as $bytes
        | (($bytes / (if $bytes > 1100000 then 3 else 1 end) - 400000) / 10000 | round) as $line
        | select([12, 19, 25] | index($line)) | [.stack[] | select(.file // "" | endswith("fast_calls.cjs"))][0]
        | select(.function | IN("before", "loop", "bare")) + {$line, said: .line}]
      | {seen: length, wrong: [.[] | select(.exact_line and .said != .line)]}' growth.json >judged
    echo "# $name $(cat judged)"
    jq -e '.seen >= 3 and .wrong == []' judged
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "two files whose names are alike in all that is shown are two series" {
  use node
  with_weir "${runtime[@]}" -e '
    globalThis.kept = [];
    for (const last of "AB")
      require("node:vm").runInThisContext("(function f(n) { kept.push(Buffer.alloc(n)); })",
        { filename: "\x01".repeat(700) + last })(4 << 20);
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 2000)' >said 2>&1 || true
  "$weir" export --format=openmetrics "$sidecars"/*.weir >out
  [ "$(grep -c '^weir_site_live_bytes{.*site="f ' out)" -eq 2 ]
  [ -z "$(grep -v '^#' out | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
}

# As in a single executable application.
@test "a Node of another name is a Node" {
  use node
  cp "$exe" bundle-server
  with_weir ./bundle-server -e 'for (let i = 0; i < 40; i++)
    globalThis["kept" + i] = Buffer.alloc(400000);'
  "$weir" growth --json "$sidecars"/*.weir | jq -e '.trace.runtime == "node" and .trace.tier == "v8"'
}
