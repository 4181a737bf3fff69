#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# weir attach to processes that lack what the library takes (short_of.c): refused beforehand, with what to do; and to
# one with two C libraries, of which one is its own.

load attach

setup() {
  own_sidecars
  can_attach
}

teardown() {
  end_guest
  [ -z "${group:-}" ] || { sleep 0.2 && rmdir "$group"; }
}

# short_of WHAT...: skips where this machine cannot do what the guest does.
short_of() {
  begin "$GUESTS/short_of" "$@"
  await_that eval "grep -q ready '$said' || ! kill -0 $guest"
  grep -q ready "$said" || skip "not on this machine: $(cat "$said")"
}

# Refused in these words, by doctor as well; nothing is left in it, and it goes on.
is_refused() {
  local before
  before=$(wc -l <"/proc/$guest/maps")
  run -1 "$WEIR" attach "$guest"
  echo "$output"
  [[ $output == *"cannot be attached to process $guest: "*"$1"* ]]
  run "$WEIR" doctor "$guest"
  [[ $output == *"$1"* ]]
  [ "$(wc -l <"/proc/$guest/maps")" -eq "$before" ]
  echo a >&9
  ended 7
}

@test "all files that it may have are open; more are allowed, and it works" {
  short_of files
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"as many files open as it may (16, RLIMIT_NOFILE)"*"prlimit --pid $guest --nofile=32:"* ]]
  prlimit --pid "$guest" --nofile=32:
  may_trace
  run -0 "$WEIR" attach "$guest"
  printf aa >&9
  await_that live keep_here 2
  ended 7
}

@test "all of its memory is locked, and no more may be" {
  short_of "unlocked memory"
  is_refused "limit of locked memory (RLIMIT_MEMLOCK, mlockall)"
}

@test "below its root there is no /proc" {
  mkdir "$BATS_TEST_TMPDIR/root"
  short_of proc "$BATS_TEST_TMPDIR/root"
  is_refused "(chroot) has no /proc"
}

@test "its first thread has ended, and another goes on" {
  begin "$GUESTS/short_of" "first thread"
  await_that grep -q ready "$said"
  await_that grep -q '^State:.Z' "/proc/$guest/status"
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"its first thread has ended, by which /proc shows a process"* ]]
  exec 9>&-
  wait "$guest" || [ $? -eq 7 ]
  guest=
}

@test "a second C library (dlmopen): the program's own is called" {
  short_of "one library"
  [ "$(grep -c 'r-xp.*/libc.so.6' "/proc/$guest/maps")" -eq 2 ]
  may_trace
  run -0 "$WEIR" attach "$guest"
  printf aaa >&9
  await_that live keep_here 3
  run -0 "$WEIR" detach "$guest"
  ended 7
}

@test "its control group has no memory left: it is not ended for that" {
  local used
  [ "$(id -u)" -eq 0 ] || skip "for root only"
  if [ -d /sys/fs/cgroup/memory ]; then
    group=/sys/fs/cgroup/memory/weir-short-$$ limit=memory.limit_in_bytes usage=memory.usage_in_bytes
  else
    group=/sys/fs/cgroup/weir-short-$$ limit=memory.max usage=memory.current
  fi
  mkdir "$group" || { group= && skip "no control group can be made"; }
  [ -w "$group/$limit" ] || skip "no memory controller"
  begin bash -c "echo \$\$ >$group/cgroup.procs; exec '$GUESTS/short_of'"
  await_that grep -q ready "$said"
  used=$(cat "$group/$usage")
  echo $((used + 1048576)) >"$group/$limit"
  is_refused "its control group leaves "
}

@test "no more threads may be made for its user: said, and it goes on" {
  [ "$(id -u)" -eq 0 ] || skip "for root only"
  chmod 755 "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" "$(dirname "$(dirname "$BATS_TEST_TMPDIR")")"
  mkdir "$BATS_TEST_TMPDIR/theirs"
  cp "$GUESTS/short_of" "$BATS_TEST_TMPDIR/theirs/"
  chown -R nobody "$BATS_TEST_TMPDIR/theirs"
  begin setpriv --reuid=nobody --clear-groups prlimit --nproc=1 "$BATS_TEST_TMPDIR/theirs/short_of"
  await_that eval "grep -q ready '$said' || ! kill -0 $guest"
  grep -q ready "$said" || skip "not on this machine: $(cat "$said")"
  may_trace
  run -1 "$WEIR" attach "$guest"
  echo "$output"
  [[ $output == *"has it, but not the thread that it takes"*"ulimit -u"* ]]
  run -1 "$WEIR" attach "$guest"
  [[ $output == *"it has the library, and is not observed"* ]]
  echo a >&9
  ended 7
}
