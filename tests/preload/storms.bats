#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Hosts at their worst: nothing crashes, nothing hangs, every process's numbers add up.

load preload

# storm NAME [ARG]: at the defaults, with a low floor and fast decay, and without the thread; the
# sidecars of the first lie in folder 1.
storm() {
  local options folder n=0
  for options in enabled floor=64K,decay_ms=5,stats_ms=20 decay_thread=off; do
    folder=$BATS_TEST_TMPDIR/$((n += 1))
    mkdir "$folder"
    timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="$options,stats=$folder/%p.weir" \
      "$GUESTS/storms" "$@"
    for file in "$folder"/*.weir; do
      adds_up "$file" >"$folder.said" || { cat "$folder.said" && return 1; }
    done
  done
}

sidecars() {
  find "$BATS_TEST_TMPDIR/1" -name '*.weir' | wc -l
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

@test "a child of vfork allocates first: the clock and the sidecar are the parent's" {
  for options in stats_ms=20,decay_ms=50 decay_thread=off,stats_ms=20,decay_ms=50; do
    rm -f "$SIDECAR"
    run threaded $options "$GUESTS/memory" vforked "$([[ $options = decay_thread* ]] && echo 1 || echo 60)"
    [ "$status" -eq 0 ]
    [[ $options = decay_thread* ]] || [ "$(megabytes idle)" -le 8 ]
    adds_up
    [ "$("$WEIR" stat --json "$SIDECAR" | jq .pid)" -eq "$(awk '$1 == "pid" { print $2 }' <<<"$output")" ]
  done
}

@test "a hundred short children, a quarter of them killed" {
  folder=$BATS_TEST_TMPDIR/sidecars
  for options in enabled floor=64K,decay_ms=5,stats_ms=20 decay_thread=off; do
    rm -rf "$folder"
    mkdir "$folder"
    run -0 timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="$options,stats=$folder/%p.weir" \
      "$GUESTS/children"
    [ "$output" = "80 ended, 20 killed" ]
    # One that ends while its file is being made leaves none.
    adds_up "$folder"/*.weir | sort | uniq -c
    [ "$(find "$folder" -name '*.weir' | wc -l)" -gt 60 ]
  done
}

@test "three hundred children that end while their sidecars are made: each leaves a whole one, or none" {
  folder=$BATS_TEST_TMPDIR/sidecars
  for options in enabled stats_ms=10,decay_ms=5 decay_thread=off; do
    rm -rf "$folder"
    mkdir "$folder"
    run -0 timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="$options,stats=$folder/%p.weir" \
      "$GUESTS/children" at-once
    [ "$output" = "300 ended, 0 killed" ]
    adds_up "$folder"/* >/dev/null
  done
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
  timeout 60 env LD_PRELOAD="$SHIM" "$GUESTS/storms" exec 4
  files=("$XDG_RUNTIME_DIR"/weir/*.weir)
  [ "${#files[@]}" -eq 5 ]
  adds_up "${files[@]}"
}
