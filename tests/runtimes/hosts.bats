#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What happens around a host: it is killed, it starts many small children, it runs under
# another allocator as well.

# shellcheck disable=SC2154 # `use` sets them
load runtimes

setup() {
  use node
}

@test "a host that is killed leaves a sidecar that reads and adds up" {
  with_weir "${runtime[@]}" -e '
    const held = [];
    setInterval(() => { held[held.length % 50] = Buffer.alloc(3e6, 1); }, 1);
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 3000)' || status=$?
  [ "$status" -eq 137 ]
  add_up
  at_work
  query 'length == 1 and .[0].state == "gone"'
}

@test "children without large blocks leave no sidecar" {
  # shellcheck disable=SC2016 # for the inner shell
  with_weir sh -c 'i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i + 1)); done'
  [ -z "$(ls -A "$sidecars")" ]
}

@test "a host's own preload comes first and weir still works: jemalloc" {
  stacked libjemalloc.so.2
}

@test "a host's own preload comes first and weir still works: mimalloc" {
  stacked libmimalloc.so.2
}

# stacked LIBRARY: another allocator for all that weir leaves alone.
stacked() {
  PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q "$1" || skip "no $1"
  cd "$BATS_TEST_TMPDIR" || return
  "${runtime[@]}" "$programs/http.mjs" >plain.out 3>&-
  LD_PRELOAD=$1 with_weir "${runtime[@]}" "$programs/http.mjs" >under.out
  cmp plain.out under.out
  add_up
}
