#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vm.max_map_count: a process may have few mappings, and soon none more.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"

# A larger block may be refused that the C library, with room in its heap from before, still serves.
served() {
  both "$1" "$guests/limits" maps || return
  [ "${with[refused]}" -le $((plain[refused] + 30)) ] && [ "${with[refused_after]}" -eq 0 ]
}

for count in 96 256 1024; do
  turn vm.max_map_count $count
  for options in enabled decay_ms=0,floor=8K guard=on,quarantine=64M; do
    try "$count: $options" served $options
  done
done
try "1024: Python" python_alike
[ "$WEIR_VM_FAST" != kvm ] || try "1024: Node" node_alike files.mjs
finish
