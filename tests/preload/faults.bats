#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# System calls of weir's that fail for once, now and then, or from some moment on: results stay the
# C library's, operation by operation, and the numbers add up.

load preload

setup_file() {
  export FAULTY=$WEIR_BUILDDIR/libfaulty.so DIFFER=$WEIR_BUILDDIR/tests/heaps/differ
}

# faulty FAULTS OPTIONS COMMAND...: what failed how often is in $said.
faulty() {
  local faults=$1 options=$2
  shift 2
  rm -f "$SIDECAR"
  run --separate-stderr timeout -k 5 120 env LD_PRELOAD="$SHIM:$FAULTY" FAULTS="$faults" \
    FAULTS_SAY=1 WEIR_OPTIONS="stats=$SIDECAR,$options" "$@"
  # shellcheck disable=SC2154
  said=$stderr
}

# no_difference CALL...: each fails always, from some call on, and now and then.
no_difference() {
  local call when hit options=decay_ms=5,stats_ms=20,floor=8K,threshold=1M
  for call in "$@"; do
    hit=0
    for when in @1 @2 @9 %2 %5; do
      faulty "$call$when" "$options" "$DIFFER" -t 2 -n 400 -a 8192,1048576
      [ "$status" -eq 0 ] || { echo "$call$when: $status $output $said" && return 1; }
      [ ! -e "$SIDECAR" ] || adds_up || { echo "$call$when" && return 1; }
      [[ ! $said =~ faulty:\ $call:\ [1-9] ]] || hit=1
    done
    [ $hit -eq 1 ] || { echo "$call did not fail: $said" && return 1; }
  done
}

@test "mappings fail" {
  no_difference mmap
}

@test "giving address space back fails" {
  for when in @1 %2; do
    faulty munmap$when decay_ms=20,stats_ms=20 "$GUESTS/limits" giant
    [ "$status" -ne 77 ] || skip "no 5 GB here"
    [ "$status" -eq 0 ]
    [[ $said =~ faulty:\ munmap:\ [1-9] ]]
    adds_up
  done
}

@test "protection, purges and residence fail" {
  no_difference mprotect madvise mincore
}

@test "files fail" {
  no_difference open read pread fstat fallocate pwrite linkat
}

@test "the thread and small things fail" {
  no_difference pthread_create prctl readlink
}

@test "everything fails at once, always and now and then" {
  for when in @1 @30 %3; do
    faults=
    for call in mmap munmap madvise mprotect mincore open read linkat pwrite pthread_create; do
      faults+=${faults:+,}$call$when
    done
    for options in decay_ms=5,stats_ms=20,floor=8K,threshold=1M guard=on,quarantine=8M; do
      faulty "$faults" "$options" "$DIFFER" -t 2 -n 400 -a 8192,1048576
      [ "$status" -eq 0 ] || { echo "$when $options: $status $output $said" && return 1; }
      [ ! -e "$SIDECAR" ] || adds_up
    done
  done
}

@test "guards and quarantine that cannot be made: the blocks go without" {
  for faults in mmap@3 mmap%2 mprotect@3,mmap%3 mprotect%2; do
    faulty $faults guard=on,quarantine=8M,floor=8K,decay_ms=5 "$DIFFER" -t 2 -n 400 -a 8192,1048576
    [ "$status" -eq 0 ] || { echo "$faults: $output $said" && return 1; }
    [ ! -e "$SIDECAR" ] || adds_up
  done
}

@test "commit charge refused, as under strict accounting: the next allocator serves" {
  faulty mprotect@1 enabled "$GUESTS/memory" trim
  [ "$status" -eq 0 ]
  adds_up
  [ "$(counter large_passed)" -eq "$(counter large_requests)" ]
}

@test "clocks that jump by hours, on and back: the host goes on, memory still goes back" {
  for faults in clock%3 clock@200; do
    faulty $faults decay_ms=50,stats_ms=20 "$GUESTS/memory" burst 5
    [ "$status" -eq 0 ]
    adds_up
    faulty $faults decay_ms=5,stats_ms=20,floor=8K "$DIFFER" -t 2 -n 400 -a 8192,1048576
    [ "$status" -eq 0 ]
    adds_up
  done
}

@test "a clock that goes back once: the burst is given back all the same" {
  SHIM=$SHIM:$COMPANY faulty clock%2000 decay_ms=200 "$GUESTS/memory" burst
  [ "$status" -eq 0 ]
  [ "$(megabytes idle)" -le 8 ]
}

@test "a host that closes what it has not opened: its next file is left alone" {
  precious=$BATS_TEST_TMPDIR/precious
  echo precious >"$precious"
  for faults in munmap@1000 pwrite@1; do
    rm -f "$SIDECAR"
    run timeout 60 env LD_PRELOAD="$SHIM:$FAULTY" FAULTS=$faults FAULTS_STEAL=9 \
      WEIR_OPTIONS="stats=$SIDECAR,decay_thread=off,stats_ms=20" "$GUESTS/memory" trim 9<>"$precious"
    [ "$status" -eq 0 ]
    [[ $output != *faulty:* ]] || { echo "$faults: $output" && return 1; }
    [ "$(cat "$precious")" = precious ]
    [ "$(stat -c %h "$precious")" -eq 1 ]
    [ ! -e "$SIDECAR" ] || adds_up
  done
}

@test "a host that ends while its sidecar is made leaves none" {
  for call in fallocate@1 fstat@1 pwrite@1 pwrite@2 pwrite@4 linkat@1; do
    rm -f "$SIDECAR"
    run timeout 60 env LD_PRELOAD="$SHIM:$FAULTY" FAULTS=$call FAULTS_EXIT=1 \
      WEIR_OPTIONS="stats=$SIDECAR,stats_ms=20" "$GUESTS/memory" burst
    [ "$status" -eq 0 ]
    [ -z "$output" ] || { echo "$call was not made: $output" && return 1; }
    [ -z "$(find "$BATS_TEST_TMPDIR" -name '*.weir*')" ] || { echo "$call" && return 1; }
  done
}
