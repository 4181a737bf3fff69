#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# vm.overcommit_memory=2: what is promised must be there. A host grows as far as without weir, and may fork as it may
# without; what it frees is promised to others.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"

# The commit limit in MB, of memory and swap as they are.
limit() {
  turn vm.overcommit_kbytes $(($1 * 1024))
}

# grows OPTIONS BLOCK USED: as far as without weir, but for what weir's own tables are promised and a 32nd of what is
# reserved. What was freed is promised to others again, if it is not to be kept for longer than the guest waits.
grows() {
  both "$1" "$guests/switches" grow "$2" "$3" || return
  [ "${with[grown]}" -ge $((plain[grown] - $2 - 24)) ] && [ "${with[errno]}" -eq "${plain[errno]}" ] &&
    { [ "$1" != enabled ] || [ "${with[left]}" -le 24 ]; }
}

forks() {
  both enabled "$guests/switches" forks "$1" "$2" || return
  [ "${with[held]}" -ge "${plain[held]}" ] && [ "${with[forked]}" -ge "${plain[forked]}" ]
}

turn vm.overcommit_memory 2
for mb in 600 1200; do
  limit $mb
  try "$mb MB: grows in blocks of 1 MB" grows enabled 1 0
  try "$mb MB: grows in blocks of 20 MB, after 100 MB were used and freed" grows enabled 20 100
  try "$mb MB: the same with all kept for a minute" grows decay_ms=60000 20 100
done
limit 600
try "600 MB: forks with 100 MB, after 100 MB were used and freed" forks 100 100
turn vm.overcommit_ratio 100
try "Python" python_alike
if [ "$WEIR_VM_FAST" = kvm ]; then
  try "Node: files" node_alike files.mjs
  turn vm.overcommit_ratio 300
  try "the tests of the shim" suite preload/{limits,memory,misuse,shim,sidecar_file,storms}.bats
fi
try "nobody was killed" killed
finish
