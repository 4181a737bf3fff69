#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# qemu: -object memory-backend-ram,id=m0,size=1536M -object memory-backend-ram,id=m1,size=1536M
# qemu: -numa node,nodeid=0,cpus=0,memdev=m0 -numa node,nodeid=1,cpus=1,memdev=m1
# qemu: -numa dist,src=0,dst=1,val=40
# Two nodes: the option numa puts weir's pages where it says, as move_pages and the kernel's maps tell.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"

# pages OPTIONS CPU NODE0 NODE1: of a block of 32 MB (8192 pages), by a thread on a processor; at least so many each.
pages() {
  both "$1" taskset -c "$2" "$guests/switches" nodes 32 || return
  [ "${with[node0]}" -ge "$3" ] && [ "${with[node1]}" -ge "$4" ] &&
    [ $((with[node0] + with[node1])) -eq 8192 ] && [ "${with[elsewhere]}" -eq 0 ]
}

says_so() {
  under "$1" "$guests/switches" nodes 4 2>&1 | tee "$TMPDIR/said_so"
  grep -q "$2" "$TMPDIR/said_so"
}

note "nodes: $(cat /sys/devices/system/node/online), distances of the first: $(cat /sys/devices/system/node/node0/distance)"
turn kernel.numa_balancing 0
try "numa=off on processor 0: as the process's policy has it" pages numa=off 0 8192 0
try "numa=off on processor 1" pages numa=off 1 0 8192
try "numa=local on processor 1" pages numa=local 1 0 8192
try "numa=interleave" pages numa=interleave 0 4095 4095
try "numa=bind:1 on processor 0" pages numa=bind:1 0 0 8192
try "numa=bind:0 on processor 1" pages numa=bind:0 1 8192 0
try "numa=bind:0:1" pages numa=bind:0:1 1 0 8192
try "numa=bind:5, which is not there: said, and the policy of the process" says_so numa=bind:5 "numa has no effect"
try "numa=interleave, low floor and threshold: an extent" pages numa=interleave,floor=8K,threshold=64K 1 4095 4095
try "the tests of huge pages and nodes" suite preload/backing.bats
finish
