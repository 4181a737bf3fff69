#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Control groups of version 2: weir sees memory.max and memory.high, its cache yields, nobody is killed or held up who is
# not without weir.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"
group=/sys/fs/cgroup/trial

# grouped FILE=MB... -- COMMAND...: in a group of its own; its events are in $events then.
grouped() {
  local status=0
  mkdir $group || return 1
  while [ "$1" != -- ]; do
    echo $((${1#*=} << 20)) >"$group/${1%=*}" || return
    shift
  done
  shift
  # shellcheck disable=SC2016 # for the shell inside
  GROUP=$group sh -c 'echo $$ >"$GROUP/cgroup.procs" && exec "$@"' sh "$@" || status=$?
  events=$(tr '\n' ' ' <$group/memory.events)
  rmdir $group || { sleep 2 && rmdir $group; }
  return $status
}

event() {
  sed -n "s/.*\<$1 \([0-9]*\).*/\1/p" <<<"$events"
}

seen() {
  "$WEIR" stat "$sidecar"
  echo "the limit it saw: $(counter cgroup_limit_bytes)"
  [ "$(counter cgroup_limit_bytes)" -eq $(($1 << 20)) ]
}

# yields SIXTEENTHS FILE=MB... -- OPTIONS: so much of what the first names is the load: two thirds of that are held,
# bursts of the other third come and go.
yields() {
  local load=$1
  shift
  local limits=() plain
  while [ "$1" != -- ]; do
    limits+=("$1")
    shift
  done
  local mb=${limits[0]#*=}
  load=$((mb * load / 12))
  grouped "${limits[@]}" -- timeout 600 "$guests/limits" group "$load" || { echo "killed without weir: $?" && return 77; }
  plain=$events
  rm -f "$sidecar"
  grouped "${limits[@]}" -- timeout 600 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$sidecar,stats_ms=50,$2" \
    "$guests/limits" group "$load"
  local status=$?
  note "${limits[*]}, $2: events without weir: $plain; with it: $events; status $status"
  [ $status -eq 0 ] && adds_up && seen "$mb" && [ "$(event oom_kill)" -eq 0 ] || return 1
  local with
  with=$(event high)
  events=$plain
  # Held up at memory.high: not much more often than without weir.
  [ "$with" -le $(($(event high) * 2 + 200)) ]
}

mkswap /dev/vda >/dev/null
turn /proc/sys/vm/swappiness 60
for load in 12 14; do
  try "memory.max, $load sixteenths of it used" yields $load memory.max=96 -- enabled
  try "memory.max, all kept for a minute" yields $load memory.max=96 -- decay_ms=60000
  try "memory.high" yields $load memory.high=96 -- enabled
  try "memory.high below memory.max" yields $load memory.high=96 memory.max=400 -- decay_ms=60000
done
swapon /dev/vda
try "memory.max with swap, more than there is" yields 20 memory.max=96 memory.swap.max=64 -- decay_ms=60000
swapoff /dev/vda
finish
