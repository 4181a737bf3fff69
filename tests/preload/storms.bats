#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hosts at their worst: nothing crashes, nothing hangs, every process's numbers add up.

load preload

# storm NAME [ARG]: at the defaults, and with small floor and fast decay; sidecars one a process.
storm() {
  local options folder
  for options in on floor=64K,decay_ms=5,stats_ms=20 decay_thread=off; do
    folder=$BATS_TEST_TMPDIR/$options
    mkdir "$folder"
    LD_PRELOAD=$SHIM WEIR_OPTIONS="$options,stats=$folder/%p.weir" \
      timeout -k 5 120 "$GUESTS/storms" "$@"
    adds_up "$folder"/*.weir >/dev/null
    # shellcheck disable=SC2012
    ls "$folder" | wc -l >"$folder.count"
  done
}

sidecars() {
  cat "$BATS_TEST_TMPDIR/on.count"
}

@test "fork in a threaded host, two at once; children allocate and exit" {
  storm fork
  [ "$(sidecars)" -gt 75 ] # the parent and eighty children, each its own
}

@test "eight generations of fork without exec" {
  storm generations
  [ "$(sidecars)" -eq 8 ]
}

@test "posix_spawn and vfork; small children leave no sidecar" {
  storm spawn
  [ "$(sidecars)" -eq 1 ]
}

@test "signal handlers that allocate large blocks" {
  storm signals
}

@test "threads that end, with destructors that allocate; exit amid allocation" {
  storm exits
}

@test "dlopen, dlclose and missing symbols meanwhile" {
  storm loader
}

@test "exec in the same process: a sidecar each in the default folder" {
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
  mkdir "$XDG_RUNTIME_DIR"
  LD_PRELOAD=$SHIM timeout 60 "$GUESTS/storms" exec 4
  files=("$XDG_RUNTIME_DIR"/weir/*.weir)
  [ "${#files[@]}" -eq 5 ]
  adds_up "${files[@]}"
}
