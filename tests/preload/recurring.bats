#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Memory that a host of one thread needs again and again: bursts, forks; and what is left of it afterwards.

load preload

# recurring OPTIONS NAME [MB]
recurring() {
  local options=$1
  shift
  rm -f "$SIDECAR"
  run under "$options" "$GUESTS/recurring" "$@"
  [ "$status" -eq 0 ]
  echo "$output"
}

# number NAME: of the line NAME NUMBER.
number() {
  awk -v name="$1" '$1 == name { print $2 }' <<<"$output"
}

@test "the third burst of 100 MB finds its pages; floor, classes and extents alike" {
  local options
  # On a busy machine a burst takes more than a second. A little is new where a recycled span is lengthened.
  for options in enabled threshold=512K floor=4K,threshold=64K gather=off; do
    recurring decay_ms=60000,$options bursts
    [ "$(number faults)" -le 1000 ]
    adds_up
  done
  # Where nothing is to be kept, four bursts take 25,600 faults each.
  recurring cache_max=8M bursts
  [ "$(number faults)" -ge 60000 ]
  recurring decay_ms=0 bursts
  [ "$(number faults)" -ge 60000 ]
}

@test "after a rest, what was learned is forgotten" {
  recurring decay_ms=1500 rest
  [ "$(number kept)" -ge 90 ]
  [ "$(number after)" -le 45 ]
  adds_up
}

@test "what is kept goes while the host asks for small blocks only" {
  recurring decay_ms=200 small
  [ "$(number small)" -le 4 ]
}

@test "what nobody uses between two forks is not kept at the second" {
  recurring enabled forks
  [ "$(number first)" -ge 25 ]
  [ "$(number second)" -le 4 ]
  adds_up
}

@test "what bursts need beyond a share of the machine is offered to the kernel" {
  local mb=$(($(awk '/^MemAvailable/ { print $2 }' /proc/meminfo) / 1024 / 128 + 132))
  [ $mb -le 600 ] || skip "takes $mb MB here"
  recurring decay_ms=60000 bursts $mb
  [ "$(counter offered_bytes)" -ge 50000000 ]
  recurring decay_ms=60000 bursts 60
  [ "$(counter offered_bytes)" -eq 0 ]
}
