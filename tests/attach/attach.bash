# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of attaching: a guest that is told what to do (observed.c), and what weir says of it.

bats_require_minimum_version 1.5.0
: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
WEIR=$WEIR_BUILDDIR/weir
LIBRARY=$WEIR_BUILDDIR/libweir_attach.so
GUESTS=$WEIR_BUILDDIR/tests/attach
PLUGIN=$WEIR_BUILDDIR/libseen_plugin.so

# Sidecars of this test only.
own_sidecars() {
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR
  unset WEIR_OPTIONS XDG_STATE_HOME
  [ -f "$LIBRARY" ] || skip "the library is not built here"
}

# await_that COMMAND...: until it succeeds, for a minute at most.
await_that() {
  local step # one that waits within another has its own
  for ((step = 0; step < ${AWAIT_STEPS:-1200}; step++)); do
    ! "$@" >/dev/null 2>&1 || return 0
    sleep 0.05
  done
  echo "in vain: $*"
  return 1
}

# Skips where weir was built without it, or not for this processor.
can_attach() {
  [ "$(uname -m)" = x86_64 ] || skip "weir attaches on x86-64 only"
  grep -q '^#define HAVE_UNWIND' "$WEIR_BUILDDIR/config.h" || skip "built without libunwind"
}

# Skips where the kernel does not let the command attach to $guest.
may_trace() {
  run "$WEIR" attach --dry-run "$guest"
  [ "$status" -eq 0 ] || [[ $output != *ptrace_scope* && $output != *capabilit* ]] || skip "$output"
}

# begin COMMAND...: reads its orders from a pipe that is open as 9; its pid in $guest, what it says in $said.
begin() {
  said=$BATS_TEST_TMPDIR/said
  rm -f "$BATS_TEST_TMPDIR/orders"
  mkfifo "$BATS_TEST_TMPDIR/orders"
  "$@" <"$BATS_TEST_TMPDIR/orders" >"$said" 2>&1 3>&- &
  guest=$!
  exec 9>"$BATS_TEST_TMPDIR/orders"
}

# start COMMAND...: until it is ready.
start() {
  begin "$@"
  await_that grep -q ready "$said"
}

# start_guest [NAME=VALUE...]: observed.c, with these variables.
start_guest() {
  start env "$@" "$GUESTS/observed"
}

# order LINE [TIMES]: until it is done.
order() {
  local before i
  for ((i = 0; i < ${2:-1}; i++)); do
    before=$(grep -cxF "done $1" "$said" || true)
    echo "$1" >&9
    await_that eval "[ \$(grep -cxF 'done $1' '$said') -gt $before ]"
  done
}

# last_order LINE: there is no answer to it.
last_order() {
  echo "$1" >&9
}

# ended STATUS: the guest ends so, within a minute.
ended() {
  local status=0
  exec 9>&-
  await_that eval "! kill -0 $guest || grep -q '^State:.Z' /proc/$guest/status"
  wait "$guest" || status=$?
  guest=
  [ "$status" -eq "$1" ] || { echo "exit status $status" && return 1; }
}

end_guest() {
  [ -z "${guest:-}" ] || kill -KILL "$guest" 2>/dev/null || true
}

# live FUNCTION BLOCKS: growth says that so many are live from there.
live() {
  "$WEIR" growth --json "$guest" |
    jq -e --arg name "$1" --argjson n "$2" '.sites[] | select((.name | startswith($name + " ")) and .live_count == $n)'
}

# What the process's own objects are mapped as.
protections() {
  awk '$6 ~ "^/" && $2 !~ "s" && $6 !~ /libweir/ { print $1, $2, $6 }' "/proc/$guest/maps"
}
