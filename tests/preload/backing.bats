#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The options huge, prefault and numa: what stands behind the blocks.

load preload

need_huge() {
  grep -qE '\[(madvise|always)\]' /sys/kernel/mm/transparent_hugepage/enabled || skip "no huge pages here"
}

only_default() {
  ! grep -qF '[always]' /sys/kernel/mm/transparent_hugepage/enabled || skip "the system makes all huge"
}

@test "by default no block is huge or resident before it is touched" {
  only_default
  run under enabled "$GUESTS/backing_guest"
  [ "$status" -eq 0 ]
  for name in plain4 zeroed4 huge4 plain64 zeroed64 huge64; do
    [ "$(megabytes "$name")" -eq 0 ]
  done
  adds_up
}

@test "huge=auto is for large blocks, huge=always for all" {
  need_huge
  only_default
  run under huge=auto "$GUESTS/backing_guest"
  [ "$status" -eq 0 ]
  [ "$(megabytes huge4)" -eq 0 ]
  [ "$(megabytes huge64)" -ge 60 ]
  adds_up
  run -0 under huge=always "$GUESTS/backing_guest"
  [ "$(megabytes huge4)" -ge 2 ]
  [ "$(megabytes huge64)" -ge 60 ]
  adds_up
}

@test "prefault makes blocks up to its size resident, but none that is asked for as zero" {
  run under prefault=8M "$GUESTS/backing_guest"
  [ "$status" -eq 0 ]
  [ "$(megabytes plain4)" -eq 4 ] || skip "this kernel does not populate"
  [ "$(megabytes zeroed4)" -eq 0 ]
  [ "$(megabytes plain64)" -eq 0 ]
  adds_up
}

@test "numa does its work or says that it cannot, once" {
  run --separate-stderr under numa=interleave "$GUESTS/backing_guest"
  [ "$status" -eq 0 ]
  nodes=$(find /sys/devices/system/node -maxdepth 1 -name 'node[0-9]*' | wc -l)
  if [ "$nodes" -le 1 ]; then
    # shellcheck disable=SC2154
    [ "$(grep -c 'numa has no effect: this process has memory of one node only' <<<"$stderr")" -eq 1 ]
  else
    [ -z "$stderr" ]
  fi
  adds_up
  run --separate-stderr under numa=bind:nowhere "$GUESTS/backing_guest"
  [ "$status" -eq 0 ]
  [[ $stderr == *"numa=bind:nowhere: not a valid value"* ]]
}
