#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nothing can be written: every file system is read-only or full. No sidecar, the host goes on.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"

goes_on() {
  env -u XDG_RUNTIME_DIR LD_PRELOAD="$SHIM" "$@" "$guests/stress" 2 300 5
}

full() {
  head -c 100m /dev/zero >/dev/shm/full 2>/dev/null
  ! echo x >/dev/shm/more 2>/dev/null || { echo "not full" && return 1; }
  goes_on WEIR_OPTIONS=stats=/dev/shm/guest.weir && goes_on TMPDIR=/dev/shm
  local status=$?
  ls -l /dev/shm
  rm -f /dev/shm/full /dev/shm/more
  [ $status -eq 0 ] && [ -z "$(ls -A /dev/shm)" ]
}

read_only() {
  mount -o remount,ro / && mount -o remount,ro /dev/shm || return 77
  ! touch /tmp/x /dev/shm/x 2>/dev/null || return 1
  goes_on TMPDIR=/tmp && goes_on WEIR_OPTIONS=stats=/tmp/x.weir
  local status=$?
  mount -o remount,rw /
  mount -o remount,rw /dev/shm
  return $status
}

try "a full /dev/shm" full
try "a root that is read-only" read_only
finish
