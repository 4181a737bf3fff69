#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs on node22 do the same with weir as without it, and weir is at work.

load runtimes

setup() {
  use node22
}

@test "node22: buffers of every size and encoding" {
  same buffers
  at_work
  as_told node22
}

@test "node22: files" {
  same files
  at_work
}

@test "node22: HTTP over the loopback" {
  same http
  at_work
}

@test "node22: workers that pass buffers around" {
  same workers
  at_work
}

@test "node22: compression and cryptography" {
  same codecs
  at_work
}

@test "node22: children" {
  same children
  at_work
  # A sidecar for this process and for each of the three that it forked.
  own_sidecars 4
}
