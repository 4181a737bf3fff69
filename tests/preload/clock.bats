#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The background thread in a host with threads: ordinary, and never the last.

load preload

@test "the first thread ends before the others: the process ends as without weir" {
  local how options
  for how in now early later cancel; do
    for options in enabled decay_ms=5,stats_ms=10 decay_thread=off; do
      rm -f "$SIDECAR"
      run under $options "$GUESTS/leaders" $how
      [ "$status" -eq 0 ]
      [[ $output = *"worker done"*"exit handlers ran" ]]
      adds_up
    done
  done
}

@test "the same in a child that another thread forked, and after a bare system call" {
  run under enabled "$GUESTS/leaders" fork
  [ "$status" -eq 0 ]
  [[ $output = *"worker done"*"exit handlers ran"*"child 0"*"exit handlers ran" ]]
  run under enabled "$GUESTS/leaders" bare
  [ "$status" -eq 0 ]
  [[ $output = "" || $output = *"worker done"* ]]
}

@test "a signal ends a process whose first thread has ended" {
  under enabled "$GUESTS/leaders" signal >"$BATS_TEST_TMPDIR/said" &
  await_that grep -q waiting "$BATS_TEST_TMPDIR/said"
  kill -TERM "$(awk '{ print $2 }' "$BATS_TEST_TMPDIR/said")"
  status=0
  wait $! || status=$?
  [ "$status" -eq 143 ]
}

@test "a library whose constructor and destructor have threads, forks and a change of user, or wait for a thread" {
  build opened -D_GNU_SOURCE "$WEIR_SRCDIR/tests/preload/opened.c" -pthread -ldl
  build libopened.so -D_GNU_SOURCE "$WEIR_SRCDIR/tests/preload/opened.c" -shared -fPIC -pthread
  local library=$BATS_TEST_TMPDIR/libopened.so
  for options in enabled decay_ms=5,stats_ms=10; do
    for arguments in "$library" "$library beside"; do
      rm -f "$SIDECAR"
      # shellcheck disable=SC2086 # one argument or two
      run -0 under $options timeout -k 1 30 "$BATS_TEST_TMPDIR/opened" $arguments
      [ "$output" = "came back" ]
      adds_up
    done
  done
}

# ordinary NAME [PROGRAM]
ordinary() {
  run threaded stats_ms=20 "${2:-$GUESTS/ordinary}" "$1"
  [ "$status" -ne 77 ] || skip "not possible here"
  [ "$status" -eq 0 ]
  echo "$output"
}

@test "whoever makes the clock, it is scheduled as the process was started, and may do little" {
  for how in usual lazy urgent; do
    ordinary $how
    [[ $output = *"policy 0 priority 0 nice $(nice)"* ]]
    [[ $output = *"processors all"* ]]
    [[ $output = *"may little"* ]]
  done
}

@test "root's clock makes a sidecar in another user's folder, and changes its user with the others" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  mkdir "$BATS_TEST_TMPDIR/theirs"
  chmod 700 "$BATS_TEST_TMPDIR/theirs"
  chown 65534 "$BATS_TEST_TMPDIR/theirs"
  SIDECAR=$BATS_TEST_TMPDIR/theirs/guest.weir
  ordinary drops
  [[ $output = *"may little"*"setuid 0" ]]
  adds_up
}

@test "much thread-local data in the program: the clock runs" {
  for kb in 64 256 4096; do
    build tls -D_GNU_SOURCE -DTLS_BYTES=$((kb << 10)) "$WEIR_SRCDIR/tests/preload/ordinary.c" -pthread
    ordinary usual "$BATS_TEST_TMPDIR/tls"
    [[ $output = *"policy 0"* ]]
    [ "$(counter timer_failed)" -eq 0 ]
  done
}

@test "a host that makes a thread for each task, one after another, has no clock for each" {
  local made
  run timeout -k 5 120 env LD_PRELOAD="$SHIM:$WEIR_BUILDDIR/libfaulty.so" WEIR_OPTIONS="stats=$SIDECAR" \
    FAULTS_SAY=1 FAULTS=pthread_create@1000000 "$GUESTS/alone" errands
  [ "$status" -eq 0 ]
  made=$(sed -n 's/^faulty: pthread_create: 0 of //p' <<<"$output")
  # Weir's own are counted: 400 it was, one for each. Now one a second at most.
  echo "$made threads made: $output"
  [ "$made" -ge 1 ]
  [ "$made" -le 80 ]
}
