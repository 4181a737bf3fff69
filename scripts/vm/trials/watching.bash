#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who may look at whom: kernel.yama.ptrace_scope 0 to 3, perf_event_paranoid, kptr_restrict and dmesg_restrict, /proc with
# hidepid. Sidecars are files: `weir stat`, `top` and `growth` need no ptrace, from the same user and from root.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"
export XDG_RUNTIME_DIR=$TMPDIR/own
mkdir -p "$XDG_RUNTIME_DIR" && chown nobody "$XDG_RUNTIME_DIR"

# as USER COMMAND...
as() {
  local user=$1
  shift
  if [ "$user" = root ]; then "$@"; else setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; fi
}

looked_at() {
  local status=0 pid said
  said=$(as nobody sh -c "LD_PRELOAD='$SHIM' WEIR_OPTIONS=stats_ms=50 '$guests/switches' stay 40 90 >/dev/null 2>&1 & echo \$!")
  pid=$said
  for _ in $(seq 100); do
    ! compgen -G "$XDG_RUNTIME_DIR/weir/$pid-*.weir" >/dev/null || break
    sleep 0.2
  done
  sleep 1
  for command in stat "top --once" growth; do
    # shellcheck disable=SC2086 # a command and its options
    as "$1" timeout 60 "$WEIR" $command "$pid" >"$TMPDIR/look" 2>&1 || { echo "weir $command: $?" && status=1; }
    head -n 5 "$TMPDIR/look"
  done
  kill "$pid"
  return $status
}

for scope in 0 1 2 3; do
  turn kernel.yama.ptrace_scope $scope || continue
  try "ptrace_scope $scope: its own user" looked_at nobody
done
turn kernel.perf_event_paranoid 3
turn kernel.kptr_restrict 2
turn kernel.dmesg_restrict 1
try "perf_event_paranoid 3, kptr_restrict 2: root" looked_at root
mount -o remount,hidepid=2 /proc
try "hidepid=2: its own user" looked_at nobody
finish
