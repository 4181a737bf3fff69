#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What ./quickstart is made of: steps that show how far they are and that end, the example service, the comparison.

load repo
bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  pictures=$(cd "$WEIR_SRCDIR" && pwd)/examples/pictures
}

# in_sh COMMAND...: with the functions of scripts/progress.sh.
in_sh() {
  sh -eu -c ". '$WEIR_SRCDIR/scripts/progress.sh'; $1" 3>&-
}

@test "a step shows how far it is every five seconds, and keeps the output" {
  run -0 in_sh 'so_far() { echo "$(count_of "^done" log) of 3 files"; }
    step 60 log "building" so_far sh -c "echo done one; echo done two; sleep 6.5; echo done three >&2"'
  [[ ${lines[0]} == "building: 2 of 3 files, 5 s" ]]
  [[ ${lines[-1]} == "building: done in "*" s" ]]
  [ "$(wc -l <log)" -eq 3 ]
}

@test "a step's status is its command's; what takes too long is stopped, with what it started" {
  run -7 in_sh 'step 60 log "trying" true sh -c "exit 7"'
  [ -z "$output" ]
  run -124 in_sh 'step 1 log "trying" true sh -c "sleep 987 & echo \$! >child; wait"'
  [[ $output == *"trying: stopped after 1 s"* ]]
  for _ in {1..100}; do
    [ -e "/proc/$(cat child)/exe" ] || return 0
    sleep 0.1
  done
  return 1
}

@test "the example computes the same with weir; memory is compared first; a difference is a failure" {
  [ -x "$WEIR_BUILDDIR/weir" ] || skip "this build has no weir"
  node "$pictures/pictures.js" --pictures=60 --idle-ms=0 >plain.json 2>progress
  "$WEIR_BUILDDIR/weir" run --stats="$PWD/p.weir" -- \
    node "$pictures/pictures.js" --pictures=60 --idle-ms=0 >weir.json 2>>progress 3>&-
  run -0 node "$pictures/compare.js" plain.json,plain.json weir.json
  [[ $output == *"60 pictures"*"memory at rest"*"processor time"* ]]
  sed 's/"cpu_ms":[0-9]*/"cpu_ms":2000/' plain.json >slow.json
  sed 's/"cpu_ms":[0-9]*/"cpu_ms":1500/' weir.json >fast.json
  run -0 node "$pictures/compare.js" slow.json fast.json
  [[ ${lines[-1]} == *"2.0 s"*"1.5 s"*"25 % less" ]]
  run -0 node "$pictures/compare.js" slow.json,fast.json fast.json
  [[ ${lines[-1]} == *"1.5 to 2.0 s"*"no clear difference" ]]
  sed 's/"digest":"/&0/' weir.json >other.json
  run -1 node "$pictures/compare.js" plain.json other.json
  [[ $output == *"The results differ"* ]]
}

@test "the leak of the example is named" {
  [ -x "$WEIR_BUILDDIR/weir" ] || skip "this build has no weir"
  node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' || skip "lines are named in Node 18 and later"
  "$WEIR_BUILDDIR/weir" run --stats="$PWD/leak.weir" -- \
    node "$pictures/pictures.js" --cache-all --pictures=60 --idle-ms=0 >/dev/null 2>&1 3>&-
  line=$(grep -n 'cache.set(id' "$pictures/pictures.js" | cut -d: -f1)
  run -0 "$WEIR_BUILDDIR/weir" growth --stacks=0 leak.weir
  [[ $output == *" remember pictures.js:$line:"* ]]
}

@test "where Debian's own bats is too old, run-tests takes npm's" {
  mkdir -p runtimes/bats/node_modules/bats/bin
  printf '#!/bin/sh\necho the newer one\n' >runtimes/bats/node_modules/bats/bin/bats
  chmod +x runtimes/bats/node_modules/bats/bin/bats
  ln -s node_modules/bats/bin/bats runtimes/bats/exe
  # shellcheck disable=SC2016 # the inner shell's
  run -0 env WEIR_RUNTIMES="$PWD/runtimes" sh -eu -c 'cd "$0"; . scripts/runtimes.sh; . scripts/newer.sh
    newer_in_path bats bats 1.2.1 1.5; bats' "$WEIR_SRCDIR"
  [[ $output == *"bats is of version 1.2.1 here"*"the newer one" ]]
}
