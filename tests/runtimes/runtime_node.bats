#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs on the node of this system do the same with weir as without it, and weir is at work.

load runtimes

setup() {
  use node
}

@test "node: buffers of every size and encoding" {
  same buffers
  at_work
  as_told node
}

@test "node: files" {
  same files
  at_work
}

@test "node: HTTP over the loopback" {
  same http
  at_work
}

@test "node: workers that pass buffers around" {
  same workers
  at_work
}

@test "node: compression and cryptography" {
  same codecs
  at_work
}

@test "node: children" {
  same children
  at_work
  # A sidecar for this process and for each of the three that it forked.
  own_sidecars 4
}
