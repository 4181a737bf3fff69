#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Other allocators in the process: glibc's behind weir keeps its speed, a program or a library with a part
# of the family, tools that replace a part, plugins with a C library of their own.

load preload

# weir_is "at work"|inert COMMAND...: what weir says of itself there.
weir_is() {
  LD_PRELOAD=$SHIM WEIR_OPTIONS=stats=off,verbose timeout 60 "${@:2}" 2>&1 | grep -q "weir\\[[0-9]*\\]: $1:"
}

# few_faults BYTES [ENVIRONMENT]: bursts of small blocks after large ones fault in few pages, in main and in a thread.
few_faults() {
  read -r in_main in_thread < <(under enabled "${@:2}" "$BATS_TEST_TMPDIR/bursts" "$1")
  echo "$1: $in_main $in_thread"
  [ "$in_main" -lt 2000 ] && [ "$in_thread" -lt 2000 ]
}

@test "small blocks after large ones: glibc learns from the large ones, as without weir" {
  build bursts -pthread "$WEIR_SRCDIR/tests/preload/bursts.c"
  for large in 700000 2000000 20000000 33500000; do
    few_faults $large
  done
  # Below weir's floor glibc sees them itself.
  read -r in_main _ < <(under floor=4M "$BATS_TEST_TMPDIR/bursts" 2000000)
  [ "$in_main" -lt 2000 ]
}

@test "what the environment, a tunable or mallopt says of glibc's heap holds" {
  build bursts -pthread "$WEIR_SRCDIR/tests/preload/bursts.c"
  run -1 few_faults 2000000 env MALLOC_TRIM_THRESHOLD_=131072
  run -1 few_faults 2000000 env GLIBC_TUNABLES=glibc.malloc.trim_threshold=131072
  read -r in_main _ < <(under enabled "$BATS_TEST_TMPDIR/bursts" 2000000 tuned)
  [ "$in_main" -gt 10000 ]
  few_faults 2000000 env MALLOC_TRIM_THRESHOLD_=8388608
}

@test "another allocator behind weir is asked for nothing large" {
  build bursts -pthread "$WEIR_SRCDIR/tests/preload/bursts.c"
  build other.so -shared -fPIC -DPARTIAL_LIBRARY -DCOUNTS -DDEFINES=31 "$WEIR_SRCDIR/tests/preload/partial.c"
  run -0 env LD_PRELOAD="$BATS_TEST_TMPDIR/other.so" "$BATS_TEST_TMPDIR/bursts" 2000000
  [[ "$output" == *"large: 6"* ]]
  run -0 env LD_PRELOAD="$SHIM:$BATS_TEST_TMPDIR/other.so" WEIR_OPTIONS="stats=$SIDECAR" \
    "$BATS_TEST_TMPDIR/bursts" 2000000
  [[ "$output" == *"large: 0"* ]]
  [ "$(counter large_requests)" -eq 6 ]
}

# bursts_of INTERPRETER FILE: a runtime's faults in bursts of small objects, with weir as without it.
bursts_of() {
  local path plain weir file=$WEIR_SRCDIR/bench/workloads/$2
  path=$(command -v "$1") || skip "no $1"
  plain=$("$path" "$file" 0.05 | jq .faults)
  weir=$(under enabled "$path" "$file" 0.05 | jq .faults)
  echo "$1: $plain faults without weir, $weir with it"
  [ "$weir" -lt $((plain + plain / 2 + 2000)) ]
}

@test "bursts of small objects in CPython, Ruby, Perl and PHP" {
  command -v jq || skip "no jq"
  bursts_of python3 small_bursts.py
  bursts_of ruby small_bursts.rb
  bursts_of perl small_bursts.pl
  USE_ZEND_ALLOC=0 bursts_of php small_bursts.php
}

@test "of two copies of weir in a process the first is at work: one clock, no fork that waits for the other" {
  cp "$SHIM" "$BATS_TEST_TMPDIR/copy.so"
  run timeout -k 5 120 env LD_PRELOAD="$SHIM:$BATS_TEST_TMPDIR/copy.so" WEIR_OPTIONS="stats=$SIDECAR,verbose" \
    "$GUESTS/alone" company
  [ "$status" -eq 0 ]
  [ "$(grep -c "at work" <<<"$output")" -eq 1 ]
  [[ $output = *"inert: another copy of weir comes first in this process"* ]]
  [[ $output = *"with 3"*"threads 1" ]]
  adds_up
}

@test "a program with any part of the family lives" {
  for part in {0..32} 62 63; do
    build partial -DDEFINES=$part "$WEIR_SRCDIR/tests/preload/partial.c"
    [ "$("$BATS_TEST_TMPDIR/partial")" = lived ]
    [ "$(under enabled "$BATS_TEST_TMPDIR/partial")" = lived ] || { echo "part $part" && false; }
    # With malloc, or what takes a block, of its own it is not weir's host.
    how="at work"
    [ $((part & 39)) -eq 0 ] || how=inert
    weir_is "$how" "$BATS_TEST_TMPDIR/partial" || { echo "part $part" && false; }
  done
}

@test "so does a program behind a library with a part of it" {
  build program "$WEIR_SRCDIR/tests/preload/partial.c"
  build fixed -no-pie -fno-pie "$WEIR_SRCDIR/tests/preload/partial.c"
  for part in 1 2 3 4 8 15 27 31 32; do
    build front.so -shared -fPIC -DPARTIAL_LIBRARY -DDEFINES=$part "$WEIR_SRCDIR/tests/preload/partial.c"
    for program in program fixed; do
      [ "$(LD_PRELOAD="$BATS_TEST_TMPDIR/front.so:$SHIM" WEIR_OPTIONS=stats=off \
        timeout 60 "$BATS_TEST_TMPDIR/$program")" = lived ] || { echo "part $part" && false; }
    done
  done
}

@test "who hands all of it on is no obstacle, nor are a program's own addresses" {
  build program "$WEIR_SRCDIR/tests/preload/partial.c"
  build fixed -no-pie -fno-pie "$WEIR_SRCDIR/tests/preload/partial.c"
  weir_is "at work" "$BATS_TEST_TMPDIR/fixed"
  build front.so -shared -fPIC -DPARTIAL_LIBRARY -DWRAPS -DDEFINES=31 "$WEIR_SRCDIR/tests/preload/partial.c"
  LD_PRELOAD="$BATS_TEST_TMPDIR/front.so:$SHIM" WEIR_OPTIONS="stats=$SIDECAR" "$BATS_TEST_TMPDIR/program"
  adds_up
  [ "$(counter large_requests)" -gt 40 ]
}

@test "the command says so of a program with a part of the family" {
  build partial -DDEFINES=2 "$WEIR_SRCDIR/tests/preload/partial.c"
  run -0 "$WEIR" run --stats=off -- "$BATS_TEST_TMPDIR/partial"
  [[ "$output" == *"will do nothing in "*"it exports a free of its own"*lived ]]
  run "$WEIR" doctor "$BATS_TEST_TMPDIR/partial"
  [[ "$output" == *"weir would do nothing in this program: it exports a free of its own"* ]]
  build partial -DDEFINES=8 "$WEIR_SRCDIR/tests/preload/partial.c"
  run -0 "$WEIR" run --stats=off -- "$BATS_TEST_TMPDIR/partial"
  [ "$output" = lived ]
}

@test "a block by reallocarray is its caller's" {
  command -v jq || skip "no jq"
  build leak -DLEAK -g -rdynamic "$WEIR_SRCDIR/tests/preload/family.c"
  under enabled "$BATS_TEST_TMPDIR/leak"
  [ "$("$WEIR" growth --json "$SIDECAR" | jq -r '.sites[0].stack[0].function')" = leak ]
}

@test "valgrind, which replaces most of the family" {
  command -v valgrind || skip "no valgrind"
  build family "$WEIR_SRCDIR/tests/preload/family.c"
  cd "$BATS_TEST_TMPDIR" # dhat leaves a file
  for tool in "memcheck --leak-check=full" dhat; do
    read -ra options <<<"--tool=$tool --error-exitcode=9 --log-file=$BATS_TEST_TMPDIR/log"
    run -0 valgrind "${options[@]}" "$BATS_TEST_TMPDIR/family"
    run under enabled valgrind "${options[@]}" "$BATS_TEST_TMPDIR/family"
    tail -n 20 "$BATS_TEST_TMPDIR/log"
    [ "$status" -eq 0 ]
    [ "$output" = "the whole family" ]
  done
  [ "$(under enabled "$BATS_TEST_TMPDIR/family")" = "the whole family" ]
  adds_up
}

@test "a plugin with a C library of its own: weir lends nothing from then on, and says so" {
  build plugin.so -shared -fPIC -DSPACES_PLUGIN "$WEIR_SRCDIR/tests/preload/spaces.c"
  build spaces "$WEIR_SRCDIR/tests/preload/spaces.c"
  for how in "" across; do
    for options in enabled floor=4K,threshold=64K quarantine=64M,guard=on; do
      rm -f "$SIDECAR"
      [ "$(under "$options" "$BATS_TEST_TMPDIR/spaces" "$BATS_TEST_TMPDIR/plugin.so" $how)" = lived ]
      adds_up
      "$WEIR" stat "$SIDECAR" | grep 'after dlmopen'
    done
  done
}
