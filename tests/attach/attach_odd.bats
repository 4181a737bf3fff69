#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir attach to processes in odd places (odd.c, filtered_guest.c): it is done without harm, or refused with the reason.

load attach

setup() {
  own_sidecars
  can_attach
  start "$GUESTS/odd" rest
  may_trace
  end_guest
}

teardown() {
  end_guest
}

# Skips where this machine cannot do what the guest does.
start() {
  begin "$@"
  [ "${1##*/}" != filtered_guest ] || echo begin >&9
  await_that eval "grep -q ready '$said' || ! kill -0 $guest"
  grep -q ready "$said" || skip "not on this machine: $(cat "$said")"
}

# start_limited LIMIT: its output goes by a pipe, so that no limit of a file's size ends it for that.
start_limited() {
  said=$BATS_TEST_TMPDIR/said
  rm -f "$BATS_TEST_TMPDIR/orders"
  mkfifo "$BATS_TEST_TMPDIR/orders"
  : >"$said"
  bash -c "ulimit $1; exec '$GUESTS/observed'" <"$BATS_TEST_TMPDIR/orders" > >(exec cat >"$said" 3>&-) 2>&1 3>&- &
  guest=$!
  exec 9>"$BATS_TEST_TMPDIR/orders"
  await_that grep -q ready "$said"
}

@test "between vfork and exec: the child is refused, the parent does not stop; both go on" {
  start "$GUESTS/odd" vfork
  await_that pgrep -P "$guest"
  run -1 "$WEIR" attach "$(pgrep -P "$guest")"
  [[ $output == *"shares its memory with its parent"* ]]
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"waits for a child of vfork, and does not stop"* ]]
  [ "$(grep -c libweir "/proc/$guest/maps")" -eq 0 ]
  exec 9>&-
  ended 7
  grep -qx "child ended with 5" "$said"
}

@test "one that is traced: refused, by whom is said; it goes on, and later it works" {
  start "$GUESTS/odd" traced
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"it is traced already, by a debugger or strace"* ]]
  run "$WEIR" doctor "$guest"
  [[ $output == *"traced already"* ]]
  exec 9>&-
  ended 7
}

@test "a program with an empty table of names: its calls are found" {
  start "$GUESTS/plain"
  run -0 "$WEIR" attach "$guest"
  printf aaa >&9
  await_that live keep_here 3
  run -0 "$WEIR" detach "$guest"
  ended 7
}

@test "30,000 mappings: all are looked at" {
  start "$GUESTS/odd" mappings
  "$WEIR" attach "$guest"
  "$WEIR" detach "$guest"
  exec 9>&-
  ended 7
}

@test "waits that no kernel begins again do so: io_uring, semaphores" {
  start "$GUESTS/odd" semaphore
  "$WEIR" attach "$guest"
  "$WEIR" detach "$guest"
  [ "$(wc -l <"$said")" -eq 1 ]
  exec 9>&-
  ended 7
  start "$GUESTS/odd" uring
  "$WEIR" attach "$guest"
  "$WEIR" detach "$guest"
  kill -0 "$guest"
  [ "$(wc -l <"$said")" -eq 1 ]
}

@test "a stack of the program's own making, or of 16 KB beside others: not there" {
  for what in coroutine little; do
    start "$GUESTS/odd" $what
    run "$WEIR" attach "$guest"
    echo "$output"
    if [ $what = coroutine ]; then
      [ "$status" -eq 1 ]
      [[ $output == *"its stack has little room"* ]]
    else
      # The first thread's is large.
      [ "$status" -ne 0 ] || [[ $output == *"its thread $guest stood still"* ]]
    fi
    kill -0 "$guest"
    [ "$(awk '/^TracerPid/ { print $2 }' "/proc/$guest/status")" = 0 ]
    end_guest
  done
}

@test "four commands at once: one attaches, the others are refused; one library is in the process" {
  local status how i
  # Without pidfds as well, as before Linux 6.9.
  for how in env env env "$WEIR_BUILDDIR/tests/preload/without pidfd_open"; do
    start "$GUESTS/observed"
    attached=0
    for i in 1 2 3 4; do
      # shellcheck disable=SC2086 # two words
      $how "$WEIR" attach "$guest" >"$BATS_TEST_TMPDIR/out$i" 2>&1 3>&- &
      commands[i]=$!
    done
    for i in 1 2 3 4; do
      status=0
      wait "${commands[i]}" || status=$?
      cat "$BATS_TEST_TMPDIR/out$i"
      if [ "$status" -eq 0 ]; then
        attached=$((attached + 1))
        grep -q "^attached to $guest: " "$BATS_TEST_TMPDIR/out$i"
      else
        [ "$status" -eq 1 ]
        grep -q "weir is being attached to process $guest by another\|is attached to process $guest already" "$BATS_TEST_TMPDIR/out$i"
      fi
    done
    [ "$attached" -eq 1 ]
    [ "$(grep -c 'r-xp.*libweir_attach' "/proc/$guest/maps")" -eq 1 ]
    [ "$(find "$XDG_RUNTIME_DIR/weir" -name "$guest-*" | wc -l)" -eq 1 ]
    order leak 2
    await_that live leak_here 2
    run -0 "$WEIR" detach "$guest"
    [[ $output != *" 0 slots"* ]]
    order slots
    grep -q 'malloc in libc.so.6, free in libc.so.6' "$said"
    end_guest
  done
}

@test "forks, becomes another program, or ends meanwhile: its status is as without" {
  local ms
  start "$GUESTS/odd" fork
  "$WEIR" attach "$guest" || true
  ended 7
  start "$GUESTS/odd" exec 60
  timeout 60 "$WEIR" attach "$guest" || true
  kill -0 "$guest"
  end_guest
  for ms in 50 150 300 600; do
    start "$GUESTS/odd" ends $ms
    timeout 60 "$WEIR" attach "$guest" || true
    ended 7
  done
  [ -z "$(find /tmp -maxdepth 1 -name "weir-attach-$guest-*")" ]
}

@test "limits: files, address space, data, processes; it goes on, attached or not" {
  local limit
  for limit in "-f 0" "-n 6" "-v 60000" "-d 3000" "-s 64" "-l 0"; do
    start_limited "$limit"
    # Without a file of any size there is no sidecar, and no need to wait for it.
    seconds=60
    [ "$limit" != "-f 0" ] || seconds=2
    run timeout "$seconds" "$WEIR" attach "$guest"
    echo "$limit: $output"
    [ "$status" -le 1 ] || [ "$limit" = "-f 0" ]
    [[ $limit != -d* ]] || [[ $output == *"limit of data"*"the library may take"* ]]
    order leak 2
    last_order exit
    ended 7
  done
}

# attaches_or STATUS TEXT: and the guest goes on.
attaches_or() {
  run -"$1" "$WEIR" attach "$guest"
  echo "$output"
  [[ $output == *"$2"* ]]
  echo leak >&9
  await_that grep -q "done leak" "$said"
}

@test "filters of system calls are read: one like Docker's does no harm, one that kills or traps is told" {
  [ "$(id -u)" -eq 0 ] || skip "root reads filters"
  [ "$(awk '/^Seccomp:/ { print $2 }' /proc/self/status)" = 0 ] || skip "filtered ourselves"
  start "$GUESTS/filtered_guest" docker
  "$WEIR" doctor "$guest" | grep -q "is read once a thread stands"
  attaches_or 0 "attached to $guest"
  await_that eval "'$WEIR' growth '$guest' | grep -q leak_here"
  exec 9>&-
  ended 7
  # What is asked of a filter is all that is called.
  start "$GUESTS/filtered_guest" strict
  attaches_or 0 "attached to $guest"
  await_that eval "'$WEIR' growth '$guest' | grep -q leak_here"
  "$WEIR" detach "$guest"
  "$WEIR" attach "$guest"
  exec 9>&-
  ended 7
  # One that only refuses: no library, no harm.
  start "$GUESTS/filtered_guest" refuse
  attaches_or 1 "it is not there"
  [ "$(grep -c libweir "/proc/$guest/maps")" -eq 0 ]
  exec 9>&-
  ended 7
  for what in kill two trap; do
    start "$GUESTS/filtered_guest" $what
    attaches_or 1 "may end it where the library calls"
    [ "$(grep -c libweir "/proc/$guest/maps")" -eq 0 ]
    exec 9>&-
    ended 7
  done
  # Who may not read it says so.
  start "$GUESTS/filtered_guest" docker
  run -1 setpriv --bounding-set -sys_admin --inh-caps -all "$WEIR" attach "$guest"
  [[ $output == *"may not read"*"--force"* ]]
}
