#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# There is a record of a process that grows, whatever it asks for.

load preload

# resident [FILE]: in MB, as the last write has it.
resident() {
  echo $(($(counter rss_bytes "$@") >> 20))
}

# begin OPTIONS [MODE MB]: a guest that grows and stays, in the background, until there is a sidecar.
begin() {
  under "$1" "$GUESTS/grower" "${2:-threads}" "${3:-80}" 60 3>&- &
  await_that adds_up
  guest=$(counter pid)
}

@test "small blocks alone are worth a sidecar, while the process lives, and after SIGKILL" {
  begin enabled
  kill -KILL "$guest"
  wait || true
  adds_up
  [ "$(resident)" -ge 80 ]
  [ "$(counter large_requests)" -eq 0 ]
}

@test "the same at the end of a host of one thread, and of children with one and with two" {
  local mode
  for mode in alone child children; do
    rm -f "$SIDECAR"*
    run under enabled "$GUESTS/grower" $mode 80 3.1
    [ "$status" -eq 0 ]
    adds_up "$SIDECAR"*
    [ "$(resident "$SIDECAR"*)" -ge 80 ]
  done
}

@test "what is small, or soon over, leaves none" {
  run under enabled "$GUESTS/grower" threads 8 4
  [ "$status" -eq 0 ]
  run under enabled "$GUESTS/grower" alone 80 1
  [ "$status" -eq 0 ]
  run under enabled "$GUESTS/grower" threads 80 1
  [ "$status" -eq 0 ]
  [ ! -e "$SIDECAR" ]
}

@test "where no sidecar is wanted, or no clock, no thread is made for it" {
  local options
  for options in stats=off decay_thread=off; do
    run under $options "$GUESTS/grower" threads 1 0.1
    [ "${lines[1]}" = "threads 2" ]
  done
  run under enabled "$GUESTS/grower" threads 1 0.1
  [ "${lines[1]}" = "threads 3" ]
}

@test "rows go on while nothing is asked of weir" {
  begin enabled
  writes=$(counter sidecar_writes)
  more() { [ "$(counter sidecar_writes)" -gt $((writes + 1)) ]; }
  await_that more
  kill -KILL "$guest"
}

@test "it does not wait for a long decay" {
  begin decay_ms=3600000 large 4
  kill -KILL "$guest"
}

@test "who asks is answered while the clock sleeps" {
  begin enabled
  run "$WEIR" purge "$guest"
  [ "$status" -eq 0 ]
  kill -KILL "$guest"
}

@test "a host that has joined its threads forks and enters other namespaces as one that had none" {
  run under enabled "$GUESTS/grower" joined
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = "threads 1 after fork" ]
  ! unshare -U true 2>/dev/null || [ "${lines[1]}" = "unshare done" ]
}
