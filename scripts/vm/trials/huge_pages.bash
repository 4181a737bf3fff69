#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Transparent huge pages for everybody, for those who ask, for nobody: what a host holds, and that it goes back.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"
huge=/sys/kernel/mm/transparent_hugepage

goes_back() {
  both enabled "$guests/memory" burst || return
  [ "${with[idle]}" -le $((plain[idle] + (10 << 20))) ]
}

# A zeroed block of 1 GB of which 1 MB is touched: where all is huge, at most a huge page more than without weir.
lazy() {
  both enabled "$guests/memory" lazy || return
  [ "${with[grown]}" -le $((plain[grown] + (4 << 20))) ]
}

# with_huge MOST OPTIONS: how many MB of a block of 64 MB are huge, in comparison.
with_huge() {
  both "$2" "$guests/backing_guest" || return
  [ "${with[huge64]}" -ge $(($1 << 20)) ] && { [ "$1" -gt 0 ] || [ "${with[huge64]}" -eq 0 ]; }
}

turn $huge/enabled always
for defrag in always never; do
  turn $huge/defrag $defrag
  try "always, defrag $defrag: a block is as huge as without weir" with_huge 60 enabled
  try "always, defrag $defrag: lazy" lazy
  try "always, defrag $defrag: goes back" goes_back
done
turn $huge/enabled madvise
try "madvise: huge=auto" with_huge 60 huge=auto
try "madvise: none is huge by default" with_huge 0 enabled
turn $huge/enabled never
try "never: huge=always" with_huge 0 huge=always
try "never: goes back" goes_back
finish
