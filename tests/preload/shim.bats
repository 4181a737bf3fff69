#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The interposed functions keep their promises, alone and stacked over other allocators.

load preload

@test "the test program itself agrees with glibc" {
  "$GUESTS/semantics"
}

@test "semantics at the defaults" {
  under enabled "$GUESTS/semantics"
  adds_up
  [ "$(counter large_requests)" -gt 500 ]
  [ "$(counter realloc_in_place)" -gt 0 ]
  [ "$(counter realloc_copied)" -gt 0 ]
}

@test "semantics with nearly everything served by weir" {
  under floor=4K,threshold=64K "$GUESTS/semantics"
  adds_up
}

@test "semantics with the pool for everything, memory returned at once" {
  under floor=4K,threshold=1G,decay_ms=0 "$GUESTS/semantics"
  adds_up
}

@test "semantics without the background thread, ten classes" {
  under classes=ten,decay_thread=off,floor=8K "$GUESTS/semantics"
  adds_up
}

@test "random operations give the same content with and without weir" {
  for seed in 1 2 3; do
    without=$("$GUESTS/stress" 1 6000 $seed)
    for options in enabled floor=4K,threshold=64K,decay_ms=5 threshold=100M,cache_max=8M; do
      [ "$(under "$options" "$GUESTS/stress" 1 6000 $seed)" = "$without" ]
      adds_up
    done
  done
}

@test "random operations on many threads" {
  for options in enabled floor=4K,threshold=64K,decay_ms=5 floor=4K,decay_thread=off; do
    under "$options" "$GUESTS/stress" 6 4000 11
    adds_up
  done
}

stacked() {
  local library
  library=$(/sbin/ldconfig -p | awk -v name="$1" '$1 == name { print $NF; exit }')
  [ -n "$library" ] || skip "no $1 here"
  # What the allocator itself does otherwise than glibc is its own affair.
  run "$GUESTS/stress" 1 3000 5
  local without=$output
  run timeout 120 env LD_PRELOAD="$SHIM:$library" WEIR_OPTIONS="stats=$SIDECAR" \
    "$GUESTS/stress" 1 3000 5
  [ "$status" -eq 0 ]
  [ "$output" = "$without" ]
  adds_up
  [ "$(counter large_requests)" -gt 100 ]
  timeout 120 env LD_PRELOAD="$SHIM:$library" WEIR_OPTIONS="stats=off,floor=16K,decay_ms=5" \
    "$GUESTS/stress" 4 3000 5
  LD_PRELOAD="$SHIM:$library" WEIR_OPTIONS=stats=off "$GUESTS/early_host"
}

@test "stacked over jemalloc" {
  stacked libjemalloc.so.2
}

@test "stacked over mimalloc" {
  stacked libmimalloc.so.2
}

@test "stacked over tcmalloc" {
  stacked libtcmalloc_minimal.so.4
}

@test "behind another allocator weir is inert and does no harm" {
  for name in libjemalloc.so.2 libmimalloc.so.2 libtcmalloc_minimal.so.4; do
    library=$(/sbin/ldconfig -p | awk -v name=$name '$1 == name { print $NF; exit }')
    [ -n "$library" ] || skip "no $name here"
    without=$(LD_PRELOAD=$library "$GUESTS/stress" 1 2000 5)
    [ "$(LD_PRELOAD="$library:$SHIM" WEIR_OPTIONS="stats=$SIDECAR" "$GUESTS/stress" 1 2000 5)" = "$without" ]
    LD_PRELOAD="$library:$SHIM" WEIR_OPTIONS="stats=$SIDECAR" timeout 60 "$GUESTS/stress" 3 2000 5
    LD_PRELOAD="$library:$SHIM" WEIR_OPTIONS="stats=$SIDECAR" timeout 60 "$GUESTS/storms" exits
    [ ! -e "$SIDECAR" ]
  done
}

@test "blocks from before the first constructor are good in main" {
  run "$GUESTS/early_host"
  [ "$output" = "early blocks: 6" ]
  run under enabled "$GUESTS/early_host"
  [ "$output" = "early blocks: 6" ]
  adds_up
}

@test "the scratch API is the shim's" {
  run "$GUESTS/scratch_guest"
  [ "$status" -eq 3 ]
  run under enabled "$GUESTS/scratch_guest"
  [ "$status" -eq 0 ]
  [ "$output" = "capacity 81920" ]
  adds_up
  [ "$(counter scratch_gets)" -eq 1001 ]
  [ "$(counter scratch_puts)" -eq 1001 ]
  [ "$(counter scratch_live)" -eq 0 ]
}

@test "a wrong option: one warning, the default, the host unharmed" {
  run --separate-stderr under florr=4K,threshold=banana "$GUESTS/stress" 1 100 5
  [ "$status" -eq 0 ]
  [ "$output" = "$("$GUESTS/stress" 1 100 5)" ]
  # shellcheck disable=SC2154
  [ "${#stderr_lines[@]}" -eq 2 ]
  [[ "${stderr_lines[0]}" == weir\[*\]:\ WEIR_OPTIONS:\ florr=4K:* ]]
  [[ "${stderr_lines[1]}" == *threshold=banana* ]]
}

@test "options are echoed on request" {
  run --separate-stderr env LD_PRELOAD="$SHIM" WEIR_OPTIONS=print,floor=200K true
  [[ "$stderr" == *"floor=200K"* ]]
  [[ "$stderr" == *"decay_ms=1000"* ]]
  run --separate-stderr env LD_PRELOAD="$SHIM" WEIR_OPTIONS=help true
  [[ "$stderr" == *"threshold="* ]]
}

@test "off, or another program's name: nothing is served" {
  under enabled=off "$GUESTS/stress" 1 500
  [ ! -e "$SIDECAR" ]
  under only=node "$GUESTS/stress" 1 500
  [ ! -e "$SIDECAR" ]
  under only=stress "$GUESTS/stress" 1 500
  [ -e "$SIDECAR" ]
}

@test "where /proc does not tell the program's name, it is the one that it was started by" {
  cd "$GUESTS"
  REFUSE=shim:readlink:EPERM SHIM=$WEIR_BUILDDIR/librefused.so under only=stress ./stress 1 500
  adds_up
  [[ "$("$WEIR" stat --json "$SIDECAR")" == *'"exe": "./stress"'* ]]
}
