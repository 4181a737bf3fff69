#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# No switch at all: weir's own tests of the shim, and two hosts, on the kernel of the virtual machine.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"

note "$(uname -r), $(nproc) processors, $(free -m | awk '/^Mem/ { print $2 }') MB"
if [ "$WEIR_VM_FAST" = kvm ]; then
  try "the tests of the shim" suite preload/{deepbind,faults,limits,memory,misuse,sandbox,shim,sidecar_file,storms,strange,trace}.bats
else
  try "the tests of small machines" suite preload/limits.bats
fi
try "huge pages and nodes" suite preload/backing.bats
[ "$WEIR_VM_FAST" != kvm ] || try "the command" suite tools/{run,stat,top,growth,with_shim}.bats
[ "$WEIR_VM_FAST" != kvm ] || try "Node: files" node_alike files.mjs
try "Python" python_alike
try "nobody was killed" killed
finish
