#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who waits for what the runtime allocates by itself: a program counts how often each of its lines awaited a file
# (programs/waits.mjs), by V8's own stack traces; weir, on whose stacks no script of the program's is, must blame just
# these lines, each as often.

load runtimes

nodes='node node18 node21 node22 node23 node24 node25 node26'

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  # Smaller ones are read by a thread of the pool from Node 26 on.
  head -c 3000000 /dev/zero >large
}

# judge: reads by line, and those that weir has of no line of the program's. On a busy machine the next allocator serves some,
# which are counted and have no line.
judge() {
  "$weir" stat --json "$sidecars"/*.weir >stat.json
  jq -c --slurpfile counts counts.json --slurpfile stat stat.json '
    def own: [.stack[] | select(.file != null and (.file | endswith("waits.mjs")))];
    [.sites[] | select(.alloc_bytes / .alloc_count | . > 2900000 and . < 3100000) | {n: .alloc_count, own: own}] as $reads
    | ([$reads[] | select(.own != []) | {line: (.own[0].line | tostring), n}] | group_by(.line)
      | map({key: .[0].line, value: (map(.n) | add)}) | from_entries) as $got
    | ([0, ($counts[0] | add) - ([$reads[].n] | add)] | max) as $unseen
    | {counted: ($counts[0] | add),
       unseen: ([0, $unseen - $stat[0].fallbacks.busy - $stat[0].trace.dropped.busy] | max),
       wrong: ([($counts[0] | keys[]), ($got | keys[])] | unique | map((($got[.] // 0) - ($counts[0][.] // 0)) | fabs) | add - $unseen),
       nobody: ([$reads[] | select(.own == []).n] | add // 0),
       inexact: ([$reads[].own[0] | select((.exact_line and .async) | not)] | length)}' growth.json
}

# waits ROUNDS FLAG...: of each Node here.
waits() {
  local tested=0 rounds=$1
  shift
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    # Not every Node knows every flag.
    "${runtime[@]}" "$@" -e 0 >/dev/null 2>&1 || continue
    tested=$((tested + 1))
    with_weir "${runtime[@]}" "$@" "$programs/waits.mjs" large counts.json "$rounds" >said 2>&1
    "$weir" growth --json --top=0 --by=stack --no-files "$sidecars"/*.weir >growth.json
    judge >judged
    echo "# $name $* $(cat judged)"
    jq -e '.wrong == 0 and .unseen == 0 and .nobody == 0 and .inexact <= '"${INEXACT:-0}"' and .counted > 100' judged
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

@test "who awaits what the runtime allocates is blamed, line by line" {
  waits 20
}

@test "who awaits is blamed in compiled code as well" {
  nodes='node node24 node26' waits 20 --always-sparkplug
}

@test "of callbacks for files, the one that a request will call is blamed" {
  local tested=0
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    with_weir "${runtime[@]}" "$programs/callbacks.cjs" large 30
    "$weir" growth --json --top=0 --no-files "$sidecars"/*.weir >growth.json
    jq -c '[.sites[] | select(.async) | {at: "\(.function) \(.line)", n: .alloc_count, exact_line}] | sort_by(.at)' growth.json >got
    echo "# $name $(cat got)"
    [ "$(cat got)" = '[{"at":"(anonymous) 7","n":30,"exact_line":false},{"at":"forgets 10","n":60,"exact_line":false}]' ]
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

# For make check-lines.
@test "who awaits is blamed under every way to compile and to collect" {
  [ -n "${WEIR_LONG-}" ] || skip "long: make check-lines"
  for flags in --jitless --no-opt --always-turbofan --max-lazy --stress-compaction --gc-interval=500 --stress-flush-code \
    --single-threaded --no-short-builtin-calls --enable-lazy-source-positions --no-flush-bytecode; do
    # With --always-turbofan nothing on the first stacks tells that lines fit.
    INEXACT=20 waits 60 $flags
  done
}
