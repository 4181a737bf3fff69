#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A host of one thread stays one of one thread, and what weir keeps for it is little.

load preload

# alone NAME [OPTIONS]
alone() {
  rm -f "$SIDECAR"
  run under "${2:-enabled}" "$GUESTS/alone" "$1"
  [ "$status" -ne 77 ] || skip "not possible here"
  [ "$status" -eq 0 ]
  echo "$output"
}

@test "one thread is one thread, at any options; its sidecar is written, its numbers add up" {
  for options in enabled decay_ms=5,stats_ms=10 floor=4K,threshold=64K trace=off stats_ms=50; do
    alone work $options
    [ "$output" = "threads 1" ]
    adds_up
  done
}

@test "a host of one thread enters other namespaces" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  unshare -U true || skip "cannot unshare here"
  alone spaces
  [[ $output = *"setns done"*"unshare done"*"threads 1" ]]
}

@test "without /proc a host enters other namespaces as soon as with it, also after threads that it joined" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  unshare -mU true || skip "cannot unshare here"
  alone unseen
  [ "$output" = "waits few"$'\n'"waits few"$'\n'"threads 0" ]
}

@test "privileges that the host has dropped are gone from the process" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  chmod 777 "$BATS_TEST_TMPDIR"
  alone privileges
  [[ $output = *"capset done"*"threads 1" ]]
}

@test "threads that have ended are not counted, nor a parent's" {
  alone joined
  [ "$output" = "threads 1" ]
  alone children
  [[ $output = *"child 1"* ]]
  ! unshare -U true 2>/dev/null || [[ $output = *"unshare done"* ]]
}

@test "a detached thread that has ended is not there when the host forks" {
  alone detached
  [[ $output = *"after fork 1"* ]]
}

@test "threads that each refuse to change users by a filter of their own: the host lives" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  alone filtered
  [[ $output = *"setresuid Operation not permitted"*"as 0"* ]]
}

@test "the clock starts with the second thread and ends after it" {
  alone company stats_ms=20
  [[ $output = *"with 3"*"threads 1" ]]
  adds_up
}

@test "what is kept at rest is bounded, by the memory limit too" {
  alone burst
  [ "$(megabytes kept)" -le 40 ]
  adds_up
  alone burst decay_ms=0
  [ "$(megabytes kept)" -le 4 ]
  alone burst cache_max=8M
  [ "$(megabytes kept)" -le 14 ]
  alone burst floor=4K,threshold=64K
  [ "$(megabytes kept)" -le 40 ]
}

@test "what the clock leaves when the host has one thread again is bounded as well" {
  local options
  for options in enabled decay_ms=60000 cache_max=8M; do
    alone left $options
    [[ $output = *"with 3"*"threads 1" ]]
    [ "$(megabytes kept)" -le 40 ]
    [ "$options" != cache_max=8M ] || [ "$(megabytes kept)" -le 14 ]
    adds_up
    [ "$(counter cache_cap_bytes)" -le $((32 << 20)) ]
    # What is freed after the clock has ended is kept up to an eighth more.
  [ "$(counter cached_dirty_bytes)" -le $(($(counter cache_cap_bytes) * 9 / 8)) ]
  done
}

@test "os.fork of a CPython of one thread warns of nothing" {
  local python
  for python in python3.12 python3.13 python3.14 "$HOME"/.cache/weir/runtimes/python*/bin/python3; do
    "$python" -c "" 2>/dev/null || continue
    run --separate-stderr under enabled "$python" -W error -c 'import os
b = [bytes([i]) * (8 << 20) for i in range(3)]
del b
p = os.fork()
p or os._exit(0)
os.waitpid(p, 0)
print(len(os.listdir("/proc/self/task")))'
    [ "$status" -eq 0 ]
    [ "$output" = 1 ]
    [ "$stderr" = "" ]
  done
}
