#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs on node26 do the same with weir as without it, and weir is at work.

load runtimes

setup() {
  use node26
}

@test "node26: buffers of every size and encoding" {
  same buffers
  at_work
  as_told node26
}

@test "node26: files" {
  same files
  at_work
}

@test "node26: HTTP over the loopback" {
  same http
  at_work
}

@test "node26: workers that pass buffers around" {
  same workers
  at_work
}

@test "node26: compression and cryptography" {
  same codecs
  at_work
}

@test "node26: children" {
  same children
  at_work
  # A sidecar for this process and for each of the three that it forked.
  own_sidecars 4
}
