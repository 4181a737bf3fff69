#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Programs on node24 do the same with weir as without it, and weir is at work.

load runtimes

setup() {
  use node24
}

@test "node24: buffers of every size and encoding" {
  same buffers
  at_work
  as_told node24
}

@test "node24: files" {
  same files
  at_work
}

@test "node24: HTTP over the loopback" {
  same http
  at_work
}

@test "node24: workers that pass buffers around" {
  same workers
  at_work
}

@test "node24: compression and cryptography" {
  same codecs
  at_work
}

@test "node24: children" {
  same children
  at_work
  # A sidecar for this process and for each of the three that it forked.
  own_sidecars 4
}
