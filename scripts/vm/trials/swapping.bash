#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Swap, and a group that must swap: what the pool keeps goes back, what is lent keeps its content.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"
group=/sys/fs/cgroup/trial

swapped() {
  mkdir $group && echo $((64 << 20)) >$group/memory.max || return
  # shellcheck disable=SC2016 # for the shell inside
  run() { GROUP=$group sh -c 'echo $$ >"$GROUP/cgroup.procs" && exec "$@"' sh "$@"; }
  local status=0
  run timeout 600 "$guests/limits" group 96 && echo "without weir: $(tr '\n' ' ' <$group/memory.events)" || { status=77 && dmesg -C; }
  [ $status -ne 0 ] || run timeout 600 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$sidecar" "$guests/limits" group 96 || status=1
  note "$(tr '\n' ' ' <$group/memory.events), swapped at most $(cat $group/memory.swap.peak 2>/dev/null || echo '?')"
  rmdir $group || { sleep 2 && rmdir $group; }
  [ $status -ne 77 ] || { echo "it is killed without weir" && return 77; }
  [ $status -eq 0 ] && adds_up && grep -q pswpout /proc/vmstat
}

mkswap /dev/vda >/dev/null && swapon /dev/vda
for swappiness in 0 100 200; do
  turn vm.swappiness $swappiness
  try "swappiness $swappiness: a host larger than its group" swapped
done
note "$(grep pswpout /proc/vmstat)"
swapoff /dev/vda
try "nobody was killed" killed
finish
