#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# V8's collections and heap as weir has them, beside what Node says of them itself: whatever workers come
# and go, and whatever V8's own helpers do meanwhile.

load runtimes

nodes='node node18 node21 node22 node23 node24 node25 node26'

# near A B: within 2 %.
near() {
  [ $((100 * ($1 > $2 ? $1 - $2 : $2 - $1))) -le $((2 * $2)) ]
}

# collections WORKERS HOT [CROWD]: of each Node here.
collections() {
  local crowd=${3:-0} tested=0 status majors used got got_used unseen
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    status=0
    with_weir "${runtime[@]}" --expose-gc "$programs/collections.cjs" "$1" "$2" "$crowd" >said 2>&1 || status=$?
    [ $status -eq 137 ] || { cat said && return 1; }
    read -r majors used _ <said
    "$weir" growth --json --no-files "$sidecars"/*.weir >growth.json
    # A worker whose one block went to the next allocator, since a lock was held, is not followed.
    unseen=$("$weir" stat --json "$sidecars"/*.weir | jq .fallbacks.busy)
    read -r got got_used < <(jq -r '"\(.trace.major_gcs) \(.rss.script_used_bytes)"' growth.json)
    echo "# $name: $got collections and $got_used bytes, Node says $majors and $used"
    [ "$got" -eq "$majors" ]
    near "$got_used" "$used"
    jq -e '.trace.gc_known and .dropped.isolates == 0 and .dropped.threads == 0' growth.json
    # What main holds is as old as main's own collections, whatever workers collect meanwhile.
    jq -e --argjson crowd "$crowd" --argjson unseen "$unseen" '.trace as $trace | $trace.workers_major_gcs >= 3 * ($crowd - $unseen - .dropped.busy)
      and ([.sites[] | select(.name | test("^remember ")) | .age_major_gcs] | length == 1
        and all(. > 5 and . <= $trace.major_gcs))' growth.json || {
      jq -c '[.trace.workers_major_gcs, .dropped, [.sites[] | [.name, .live_count, .age_major_gcs]]]' growth.json
      return 1
    }
    # Workers in turn are one thread's place, or a few.
    [ "$crowd" -gt 0 ] || [ "$("$weir" growth --by=thread --json --no-files "$sidecars"/*.weir | jq '.sites | length')" -le 40 ]
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

setup() {
  cd "$BATS_TEST_TMPDIR" || return
}

@test "collections and heap are what Node says, though V8 compiles all the while" {
  collections 0 1
}

@test "after 140 workers, one after the other, they still are" {
  nodes='node node24' collections 140 0
}

@test "while 24 workers live and collect, they are" {
  nodes='node node26' collections 0 0 24
}

@test "a worker for each job that is never ended: how many run at the same time is told, and what ends them" {
  is_here node || skip "no Node here"
  use node
  with_weir "${runtime[@]}" "$programs/workers_kept.cjs" || true
  "$weir" growth --no-files "$sidecars"/*.weir | tee growth.txt
  "$weir" growth --json --no-files "$sidecars"/*.weir >growth.json
  n=$(jq .trace.workers_at_once growth.json)
  # Nor is a worker seen whose one block found a lock held.
  unseen=$(("$("$weir" stat --json "$sidecars"/*.weir | jq .fallbacks.busy)" + "$(jq .dropped.busy growth.json)"))
  [ "$n" -le 40 ] && [ "$n" -ge $((40 - unseen)) ]
  grep -q "; $n workers at the same time" growth.txt
  grep -q "$n workers ran at the same time, each with a heap of its own" growth.txt
}

# For make check-lines.
@test "with 500 workers at once, and after 20,000 in turn, they still are" {
  [ -n "${WEIR_LONG-}" ] || skip "long: make check-lines"
  WAIT=900 nodes="node22 node24" collections 0 0 500
  WAIT=3000 nodes='node22 node24' collections 20000 0
}

@test "collections of before the first large block are seen as well" {
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    with_weir "${runtime[@]}" --trace-gc --expose-gc -e '
      for (let i = 0; i < 7; i++) gc();
      globalThis.kept = Buffer.alloc(4 << 20, 1);
      setTimeout(() => process.kill(process.pid, "SIGKILL"), 2500)' >said || true
    "$weir" growth --json --no-files "$sidecars"/*.weir >growth.json
    [ "$(jq .trace.major_gcs growth.json)" -eq "$(grep -cE 'Mark-Compact|Mark-sweep' said)" ]
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}
