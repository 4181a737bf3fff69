#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir top`: one picture as text, and the live screen on a terminal of its own. What stands where
# at which size is tests/unit/test_top_frame.c's.

load tools

setup() {
  own_environment
  MAKE_TRACE=$WEIR_BUILDDIR/tests/tools/make_trace
  PTY_DRIVE=$WEIR_BUILDDIR/tests/tools/pty_drive
  export TERM=xterm LC_ALL=C.UTF-8
  unset COLUMNS LINES NO_COLOR
}

teardown() {
  [ -z "${guest:-}" ] || kill "$guest" 2>/dev/null || true
}

# sleeper [RUNTIME_DIR]: a program that only waits, with the story as its sidecar; its default
# folder may be another one than ours.
sleeper() {
  local dir=${1:-$XDG_RUNTIME_DIR}
  mkdir -p "$dir/weir"
  XDG_RUNTIME_DIR=$dir sleep 60 3>&- &
  guest=$!
  "$MAKE_TRACE" "$dir/weir/$guest-$(start_ticks $guest).weir" pid=$guest \
    start="$(start_ticks $guest)" state=1 now=1
}

# on_screen ROWS COLUMNS STEP... -- WHAT: weir top on a terminal.
on_screen() {
  local steps=() rows=$1 columns=$2
  shift 2
  while [ "$1" != -- ]; do
    steps+=("$1")
    shift
  done
  shift
  run -0 timeout 300 "$PTY_DRIVE" "$rows" "$columns" "${steps[@]}" -- \
    "$WEIR" top --interval=0.1 "$@"
}

has_screen() {
  "$WEIR" top --once "$1" >/dev/null
  "$PTY_DRIVE" 24 80 wait=q key=q -- "$WEIR" top "$1" 2>&1 | grep -q "no live screen" &&
    skip "built without ncurses"
  return 0
}

@test "--once prints memory, rates, sites with verdicts, and classes" {
  "$MAKE_TRACE" story.weir
  run -0 "$WEIR" top --once story.weir
  has "weir top: node, process 1234, gone, written "
  has "RSS 248.2 MB"
  has "live 198.2 MB  cached 8 MB  V8 heap 12 MB  rest 30 MB"
  has "77.4 % used again"
  has "major GCs"
  [[ $output =~ "119 MB"\ +"+1 MB/s"\ +held\ +476\ +"119 MB"\ +"remember leak.mjs:12:15" ]]
  [[ $output =~ "28 MB"\ +-\ +gc-lag.*"handle server.mjs:40:9" ]]
  # Where it is narrow, function and file stay.
  COLUMNS=64 run -0 "$WEIR" top --once story.weir
  [[ $output =~ held\ +"remember leak.mjs:12:15" ]]
  [[ $output =~ "128 KB"\ +"80.0 %"\ +11\ +19\ +"7.5 %"\ +20\ +100 ]]
  [[ $output == *▁*█* ]]
}

@test "--once: resident memory that was not recorded is not called 0 B" {
  "$MAKE_TRACE" story.weir rss=0
  run -0 "$WEIR" top --once story.weir
  has 'RSS not recorded'
  [[ $output != *'live 0 B'* ]]
}

@test "--once: the width is the one of COLUMNS, the order the one asked for, text plain in C" {
  "$MAKE_TRACE" story.weir
  COLUMNS=40 LC_ALL=C run -0 "$WEIR" top --once --sort=allocated story.weir
  for line in "${lines[@]}"; do
    [ "${#line}" -le 40 ]
  done
  [[ $output =~ ^[[:print:][:space:]]*$ ]]
  [[ $output =~ "28 MB"[^$'\n']*mjs:40:9.*"119 MB" ]]
}

@test "--once of a process that runs; without an argument the only one is taken" {
  sleeper
  run -0 "$WEIR" top --once $guest
  has "process $guest, running"
  lacks "ended"
  run -0 "$WEIR" top --once
  has "process $guest, running"
  "$MAKE_TRACE" "$FOLDER/$$-$(start_ticks $$).weir" pid=$$ start="$(start_ticks $$)" state=1 now=1
  run -1 "$WEIR" top --once
  has "2 processes under weir run here; which one?"
}

@test "a sidecar without a trace still has its picture, and says what is missing" {
  "$MAKE_SIDECAR" old.weir
  run -0 "$WEIR" top --once old.weir
  has "RSS "
  has "No lines: no trace in it"
  has "REUSED"
}

@test "what cannot be shown is refused: arguments, files, processes" {
  run -2 "$WEIR" top --interval=0 x
  has '--interval="0": seconds, 0.1 to 3600'
  run -2 "$WEIR" top --sort=size x
  has '--sort="size": live, growth, count or allocated'
  run -2 "$WEIR" top a b
  run -2 "$WEIR" top --twice
  run -1 "$WEIR" top --once nothing.weir
  has "nothing.weir: No such file"
  run -1 "$WEIR" top --once 999999999
  has "there is no process 999999999"
  run -1 "$WEIR" top --once
  has "no process under weir runs or has left a sidecar here"
  "$MAKE_TRACE" story.weir
  run -1 "$WEIR" top story.weir </dev/null
  has "\`weir top --once"
  [[ $output == *"needs a terminal;"* || $output == *"install ncurses (Debian: libncurses-dev)"* ]]
}

@test "the live screen: keys sort, pause and help; q leaves the terminal as it was" {
  "$MAKE_TRACE" story.weir
  has_screen story.weir
  on_screen 24 80 wait=leak.mjs key=h wait='sort by growth' key=x wait=leak.mjs key=p \
    wait='p goes on' key=p wait=quit key=g wait='*' key=q -- story.weir
  has "exit status 0, terminal as before"
  has $'\e[?1049l'
}

@test "the live screen follows the size of the terminal, down to the smallest" {
  "$MAKE_TRACE" story.weir
  has_screen story.weir
  on_screen 24 80 wait=VERDICT size=10x40 wait=leak.mjs size=1x1 size=2x20 wait=quit \
    size=50x200 wait=ALLOCATED key=q -- story.weir
  has "exit status 0, terminal as before"
}

@test "the live screen looks again, and keeps the last picture of a process that is gone" {
  sleeper "$PWD/elsewhere"
  has_screen "$guest"
  on_screen 24 80 wait=running end="$guest" wait=ended key=q -- "$guest"
  has "exit status 0, terminal as before"
  lacks "not the newest"
}

@test "signals and a stop leave the terminal as it was" {
  "$MAKE_TRACE" story.weir
  has_screen story.weir
  on_screen 24 80 wait=leak.mjs signal=TERM -- story.weir
  has "signal 15, terminal as before"
  on_screen 24 80 wait=leak.mjs key=$'\x03' -- story.weir
  has "exit status 0, terminal as before"
  on_screen 24 80 wait=leak.mjs signal=SEGV -- story.weir
  has "signal 11, terminal as before"
  has $'\e[?1049l'
  on_screen 24 80 wait=leak.mjs stop wait=leak.mjs key=q -- story.weir
  has "exit status 0, terminal as before"
}

@test "an unknown kind of terminal is an error that says what to do" {
  "$MAKE_TRACE" story.weir
  has_screen story.weir
  TERM=nosuch run -0 "$PTY_DRIVE" 24 80 wait='"nosuch" is not known' wait=--once -- \
    "$WEIR" top story.weir
  has "exit status 1, terminal as before"
  # Known, and good for nothing but lines.
  TERM=dumb run -0 "$PTY_DRIVE" 24 80 wait='"dumb" cannot be drawn on' wait=--once -- \
    "$WEIR" top story.weir
  has "exit status 1, terminal as before"
}
