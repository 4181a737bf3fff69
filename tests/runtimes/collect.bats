#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The hook that has Node collect its garbage: when it does, when it must not, and that nobody else notices it. On each
# version of Node that is here, all at once.

load runtimes

setup() {
  own_folders
  unset NODE_OPTIONS WEIR_OPTIONS
  nodes=()
  for name in node18 node20 node22 node24 node26; do
    exe=$(runtimes_dir)/$name/exe
    [ ! -x "$exe" ] || nodes+=("$exe")
  done
  ! command -v node >/dev/null || nodes+=("$(command -v node)")
  [ ${#nodes[@]} -gt 0 ] || skip "no Node here"
}

# on_each OPTIONS PROGRAM ARGUMENT...: under weir, on all versions at once; nobody fails.
on_each() {
  local options=$1 pids=() pid node
  shift
  for node in "${nodes[@]}"; do
    # V8 collects by itself in some rests; here it shall not.
    WEIR_OPTIONS=$options with_weir "$node" --no-memory-reducer "$programs/$1" "${@:2}" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do
    wait "$pid" || return
  done
}

# collected FILTER: what jq says of the records of all sidecars; so many as there are versions, or more.
collected() {
  query "[.[].collect] | length >= ${#nodes[@]} and all($1)" || {
    query '[.[].collect]'
    return 1
  }
}

@test "collect: once as it idles, and not again for nothing" {
  on_each collect=idle garbage.cjs idle 8500
  collected '.collections == 1 and .by_idle == 1 and .freed_bytes > 60000000 and .longest_pause_us >= .last_pause_us
    and .last_pause_us > 0 and .failures == 0 and .in_vain == 0'
}

@test "collect: what is held is looked at once, and then not for a minute" {
  on_each collect=idle garbage.cjs held 8500
  collected '.collections == 1 and .in_vain == 1 and .failures == 0'
}

@test "collect: never while it works" {
  on_each collect=idle garbage.cjs busy 3000
  collected '.state == 1 and .collections == 0 and .failures == 0'
}

@test "collect: without being told to there is no hook, and asked alone does nothing by itself" {
  on_each collect=off garbage.cjs idle 100
  query 'all(.collect == null)'
  rm "$sidecars"/*.weir
  on_each collect=asked garbage.cjs idle 2500
  collected '.state == 1 and .collections == 0'
}

@test "collect: the isolate of a worker, and a child" {
  on_each collect=idle garbage.cjs worker 8500
  collected '.by_idle == 1 and .freed_bytes > 60000000 and .isolates == 2 and .failures == 0'
  rm "$sidecars"/*.weir
  on_each collect=idle garbage.cjs child 8500
  # The parent has nothing to collect, and seldom a sidecar.
  query "[.[].collect] | map(select(.by_idle == 1 and .freed_bytes > 60000000)) | length == ${#nodes[@]}"
  query 'all(.collect.failures == 0)'
}

@test "collect: near the memory limit also while it works, but not again and again" {
  on_each collect=limit garbage.cjs limit 5000
  collected '.by_limit >= 1 and .by_limit <= 3 and .by_idle == 0 and .freed_bytes > 60000000 and .failures == 0'
}

@test "collect: what takes longer than it may is put off" {
  on_each collect=idle,collect_pause=1 garbage.cjs idle 8500
  collected '.collections == 0 and .put_off == 1 and .state == 3 and .failures == 0'
  "$weir" stat "$(find "$sidecars" -name '*.weir' | head -n 1)" | grep -q 'put off: it takes longer than 1'
}

@test "collect: a program sees nothing of it, whatever Node is told" {
  export WEIR_OPTIONS=collect=idle NODE_OPTIONS
  for exe in "${nodes[@]}"; do
    NODE_OPTIONS="--no-warnings --require=\"$programs/texts.cjs\""
    unset NODE_OPTIONS
    alike "$exe" "$programs/seen.cjs" one
    export NODE_OPTIONS=
    alike "$exe" --no-warnings --frozen-intrinsics --disable-proto=throw -e "$(cat "$programs/seen.cjs")"
    NODE_OPTIONS='--no-warnings --title="a b"'
    alike "$exe" -p 'process.title + process.env.NODE_OPTIONS + Object.keys(require.cache)'
    unset NODE_OPTIONS
  done
}

@test "collect: where Node would not bear a hook there is none" {
  use node
  node=$exe
  for flag in --permission --experimental-permission --experimental-policy; do
    "$node" "$flag" -p 1 >/dev/null 2>&1 || [ "$flag" = --experimental-policy ] || continue
    WEIR_OPTIONS=collect=idle,verbose=on run with_weir "$node" "$flag" "$programs/seen.cjs"
    [[ $output == *"nothing is collected: it would not bear $flag"* ]] || { echo "$output" && return 1; }
  done
}

# started OPTIONS FILTER ARGUMENT...: garbage.cjs in the background, as soon as its sidecar is so; sets pid.
started() {
  local file
  WEIR_OPTIONS=$1 with_weir "${nodes[0]}" --no-memory-reducer "$programs/garbage.cjs" "${@:3}" &
  for _ in {1..600}; do
    sleep 0.1
    for file in "$sidecars"/*.weir; do
      [ -e "$file" ] || continue
      pid=$(basename "$file" .weir)
      "$weir" stat --json "$file" 2>/dev/null | jq -e "$2" >/dev/null && return
    done
  done
  return 1
}

@test "collect: weir collect asks for one, and says where there is no hook" {
  started collect=asked '.collect.isolates == 2 and .memory.live_bytes > 64000000' worker 60000
  "$weir" collect --timeout=60 "$sidecars/$pid.weir" >"$BATS_TEST_TMPDIR/said"
  cat "$BATS_TEST_TMPDIR/said"
  grep -qE "^process $pid freed [67][0-9.]+ MB in .*, in 2 isolates" "$BATS_TEST_TMPDIR/said"
  "$weir" stat --json "$sidecars/$pid.weir" | jq -e '.collect.by_asked == 2 and .collect.failures == 0'
  kill "$pid"
  rm "$sidecars/$pid.weir"
  started collect=off '.memory.live_bytes > 64000000' held 60000
  run "$weir" collect "$sidecars/$pid.weir"
  kill "$pid"
  [ "$status" -eq 1 ]
  [[ $output == *"weir run --collect=asked"* ]]
}

# listens PORT: somebody does.
listens() {
  "${nodes[0]}" -e 'require("net").connect(+process.argv[1], "127.0.0.1").on("connect", () => process.exit(0)).on("error", () => process.exit(1))' "$1"
}

@test "collect: through the inspector where there is no hook, which is closed again" {
  local node port sidecar
  for node in "${nodes[@]}"; do
    rm -f "$sidecars"/*.weir
    port=$("${nodes[0]}" -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
    WEIR_OPTIONS=stats_ms=100 with_weir "$node" --no-memory-reducer "--inspect-port=$port" "$programs/garbage.cjs" idle 60000 2>/dev/null &
    pid=
    for _ in {1..600}; do
      sleep 0.1
      sidecar=$(find "$sidecars" -name '*.weir')
      [ -n "$sidecar" ] && "$weir" stat --json "$sidecar" | jq -e '.memory.live_bytes > 64000000' >/dev/null && break
    done
    pid=$(basename "$sidecar" .weir)
    run "$weir" collect --through=inspector "$sidecar"
    echo "$node: $output"
    [ "$status" -eq 0 ]
    [[ $output == *"process $pid has collected"* ]]
    for _ in {1..100}; do
      ! "$weir" stat --json "$sidecar" | jq -e '.memory.live_bytes < 20000000' >/dev/null || break
      sleep 0.1
    done
    "$weir" stat --json "$sidecar" | jq -e '.memory.live_bytes < 20000000'
    ! listens "$port" || return 1
    kill "$pid"
  done
}

@test "collect: through the inspector a worker collects as well" {
  started collect=off '.memory.live_bytes > 64000000' worker 60000
  "$weir" collect --through=inspector --timeout=60 "$sidecars/$pid.weir" >"$BATS_TEST_TMPDIR/said"
  cat "$BATS_TEST_TMPDIR/said"
  grep -q "^process $pid has collected: .*, in 1 of 1 workers too;" "$BATS_TEST_TMPDIR/said"
  for _ in {1..100}; do
    ! "$weir" stat --json "$sidecars/$pid.weir" | jq -e '.memory.live_bytes < 20000000' >/dev/null || break
    sleep 0.1
  done
  "$weir" stat --json "$sidecars/$pid.weir" | jq -e '.memory.live_bytes < 20000000'
  kill "$pid"
}

# in_use FILTER: what weir growth says of the process in $sidecar is so, sooner or later.
in_use() {
  for _ in {1..600}; do
    sleep 0.1
    sidecar=$(find "$sidecars" -name '*.weir')
    [ -n "$sidecar" ] && "$weir" growth --json --no-files "$sidecar" 2>/dev/null | jq -e "$1" >/dev/null && return
  done
  return 1
}

@test "collect: of a worker without a large block it is seen what stays" {
  local how
  for how in off asked; do
    rm -f "$sidecars"/*.weir
    WEIR_OPTIONS=stats_ms=100,collect=$how with_weir "${nodes[0]}" "$programs/answers/worker_objects.cjs" &
    in_use '.rss.parts.script > 60000000'
    pid=$(basename "$sidecar" .weir)
    [ "$how" = asked ] || set -- --through=inspector
    "$weir" collect --timeout=60 "$@" "$sidecar"
    set --
    in_use '.rss.script_used_bytes > 30000000'
    kill "$pid"
  done
}

# cycling WHAT: cycles.py under weir, until it holds 48 MB in several rows; its pid in $pid.
cycling() {
  with_weir "$python" "$programs/cycles.py" "$1" &
  pid=
  for _ in {1..600}; do
    sleep 0.1
    for file in "$sidecars"/*.weir; do
      [ -e "$file" ] || continue
      pid=$(basename "$file" .weir)
      said=$("$weir" growth --json --top=0 "$file" 2>/dev/null |
        jq -r '.sites[] | select(.live_bytes > 48000000) | .rule') || continue
      [ "$said" != cycles ] || return 0
    done
  done
  echo "said: $said"
  return 1
}

@test "collect: what CPython's collector has not looked at is not held; asked, it is known what stays" {
  for python in python3.11 python3.12 python3.13; do
    "$python" -c "" 2>/dev/null || continue # missing, or a shim without its version
    for what in kept dropped; do
      rm -f "$sidecars"/*.weir
      cycling $what
      "$weir" growth "$pid" >"$BATS_TEST_TMPDIR/said"
      grep -q "what only refers to itself waits for one" "$BATS_TEST_TMPDIR/said"
      grep -q "\$ weir collect $pid; sleep 1; weir growth $pid " "$BATS_TEST_TMPDIR/said"
      run "$weir" collect --timeout=60 "$pid"
      echo "$python $what: $output"
      [ "$status" -eq 0 ]
      [[ $output =~ "process $pid found "([0-9,]+)" object" ]]
      [ $what = kept ] || [ "${BASH_REMATCH[1]//,/}" -ge 100 ]
      for _ in {1..100}; do
        said=$("$weir" growth --json --top=0 "$pid" | jq -r '"\(.trace.major_gcs > 0) \(.sites[] | select(.file // "" | endswith("cycles.py")).verdict)"')
        [[ $said != "true held" || $what = dropped ]] || break
        # It goes on making garbage: by now that may have grown again.
        [[ $said != "true "* || $said = "true held" || $what = kept ]] || break
        sleep 0.1
      done
      echo "$said"
      kill "$pid"
      [ $what = kept ] && [ "$said" = "true held" ] || [[ $what = dropped && $said =~ ^true\ [^h] ]]
      wait
    done
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no CPython here whose collector is known"
}

@test "collect: weir run says where nothing will be collected" {
  cp "$(type -P true)" "$BATS_TEST_TMPDIR/bun"
  run "$weir" run --collect=idle -- "$BATS_TEST_TMPDIR/bun"
  [[ $output == *"nothing will be collected in bun"* ]]
  cp "$(type -P true)" "$BATS_TEST_TMPDIR/node"
  run "$weir" run --collect=idle -- "$BATS_TEST_TMPDIR/node" --permission
  [[ $output == *"would not bear a hook with --permission"* ]]
  run "$weir" run --collect=idle -- "$BATS_TEST_TMPDIR/node" --quiet
  [ -z "$output" ]
}
