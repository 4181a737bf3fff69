#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What happens around a host: it is killed, it starts many small children, it runs under
# another allocator as well.

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

@test "with a preloaded jemalloc, weir serves what is large and jemalloc the rest" {
  stacked libjemalloc.so.2
}

@test "with a preloaded mimalloc, weir serves what is large and mimalloc the rest" {
  stacked libmimalloc.so.2
}

@test "with a preloaded tcmalloc, weir serves what is large and tcmalloc the rest" {
  stacked libtcmalloc_minimal.so.4
}

@test "behind jemalloc, which takes every call, weir does no harm" {
  behind libjemalloc.so.2
}

@test "behind mimalloc, which takes every call, weir does no harm" {
  behind libmimalloc.so.2
}

@test "behind tcmalloc, which takes every call, weir does no harm" {
  behind libtcmalloc_minimal.so.4
}

behind() {
  need_library "$1"
  "${runtime[@]}" "$programs/files.mjs" >plain.out 3>&-
  LD_PRELOAD="$1 $WEIR_BUILDDIR/libweir_preload.so" WEIR_OPTIONS="stats=$sidecars/%p.weir" \
    timeout 120 "${runtime[@]}" "$programs/files.mjs" >under.out 3>&-
  cmp plain.out under.out
  add_up
}

need_library() {
  PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q "$1" || skip "no $1"
  cd "$BATS_TEST_TMPDIR" || return
}

stacked() {
  need_library "$1"
  "${runtime[@]}" "$programs/http.mjs" >plain.out 3>&-
  LD_PRELOAD=$1 with_weir "${runtime[@]}" "$programs/http.mjs" >under.out
  cmp plain.out under.out
  add_up
  at_work
}
