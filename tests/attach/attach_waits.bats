#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Waits that a stop may spoil (sleeps.c): a sleep lasts as long as it should, what is written or wanted whole stays so, and
# a wait is known also where the function that was called has no frame of its own.

load attach

setup() {
  own_sidecars
  can_attach
}

teardown() {
  end_guest
}

stays_whole() {
  exec 9>&-
  ended 7
  cat "$said"
  grep -qx "$1" "$said"
}

@test "a sleep lasts as long as it should, though its thread loads the library" {
  for how in nanosleep clock poll futex wide deep; do
    start "$GUESTS/sleeps" $how
    may_trace
    for _ in 1 2 3; do "$WEIR" attach --dry-run "$guest"; done
    "$WEIR" attach "$guest"
    [ "$(awk '/^TracerPid/ { print $2 }' "/proc/$guest/status")" = 0 ]
    "$WEIR" detach "$guest"
    stays_whole "0 ended early, mask kept"
  done
}

@test "the command killed while it follows a thread that sleeps: it goes on, no signal is blocked" {
  for ms in 0 2 4 6 8 10 11 12 13 14 15 16 18 20 25 30; do
    start "$GUESTS/sleeps" wide
    "$WEIR" attach "$guest" >/dev/null 2>&1 3>&- &
    command=$!
    sleep "0.0$(printf %02d "$ms")"
    kill -KILL $command || true
    wait $command || true
    # At worst one sleep ended early.
    stays_whole "[01] ended early, mask kept"
  done
}

@test "where a filter of system calls would end it for what is none, a sleep may end early, and it goes on" {
  for force in "" --force; do
    start "$GUESTS/sleeps" filtered
    # shellcheck disable=SC2086 # or none
    run -0 "$WEIR" attach $force "$guest"
    "$WEIR" detach "$guest"
    stays_whole "[01] ended early, mask kept"
  done
}

@test "a large write, and a read that wants all, are whole; no thread is stopped for them" {
  for how in write send all; do
    start "$GUESTS/sleeps" $how
    for try in --dry-run --force; do
      run -1 "$WEIR" attach $try "$guest"
      [[ $output == *"would come back with a part"* ]]
    done
    run "$WEIR" detach "$guest"
    stays_whole "moved \([0-9]*\) of \1"
  done
}

@test "waits in functions that have no frame of their own" {
  for how in semaphore barrier join system; do
    start "$GUESTS/sleeps" $how
    # Not the thread that reads.
    run -0 "$WEIR" attach "$guest"
    [[ $output == *"its thread $guest stood still"* ]]
    "$WEIR" detach "$guest"
    exec 9>&-
    ended 7
    cat "$said"
    grep -qxE "waited 0|waited 1|system 400" "$said"
  done
}

@test "a socket that waits for a time only is not taken for one that waits without a limit" {
  start "$GUESTS/sleeps" limit
  run -0 "$WEIR" attach "$guest"
  [[ $output == *"its thread $guest stood still"* ]]
  "$WEIR" detach "$guest"
  stays_whole "0 ended early, mask kept"
  ! grep received "$said"
}

@test "CPython whose threads all wait for each other" {
  command -v python3 >/dev/null || skip "no python3"
  # The last one looks now and then whether it may go, and waits in between as well.
  start python3 -u -c '
import os, queue, sys, threading
q = queue.Queue()
threads = [threading.Thread(target=q.get) for _ in range(3)]
for t in threads:
    t.start()
def last():
    e = threading.Event()
    while not os.path.exists(sys.argv[1]):
        e.wait(0.1)
    for t in threads:
        q.put(1)
threading.Thread(target=last).start()
print("ready")
for t in threads:
    t.join()
print("all came")
sys.exit(7)' "$BATS_TEST_TMPDIR/go"
  "$WEIR" attach "$guest"
  "$WEIR" detach "$guest"
  touch "$BATS_TEST_TMPDIR/go"
  stays_whole "all came"
}
