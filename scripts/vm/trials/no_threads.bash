#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# No process or thread may start: the machine's numbers are used up (kernel.pid_max, kernel.threads-max), a group's
# pids.max is reached. The host does weir's work then.
. "$WEIR_SRCDIR/scripts/vm/trial.bash"

works() {
  both stats_ms=20,decay_ms=20 "$guests/switches" threads || return
  [ "${with[refused]}" -eq "$1" ] && [ "${plain[refused]}" -eq "$1" ] && [ "${with[resident]}" -le 40 ] &&
    { [ "$1" -eq 0 ] || [ "$(counter timer_failed)" -gt 0 ]; }
}

# Numbers from 301 on are for all but the first: as many sleepers as leave a few, which `both` needs itself.
used_up() {
  local last
  last=$(sh -c 'echo $$')
  turn kernel.pid_max 400 2>/dev/null || turn kernel.pid_max $((last + 40)) || return 77
  python3 - "$guests/switches" "$SHIM" "$sidecar" <<'END'
import os, subprocess, sys, time
guest, shim, sidecar = sys.argv[1:]
env = dict(os.environ, LD_PRELOAD=shim, WEIR_OPTIONS=f"stats={sidecar},stats_ms=20,decay_ms=20")
result = {}
for name, e in ("without", os.environ), ("with", env):
    sleepers = []
    ready, go = os.pipe()
    # The guest is there before the numbers are used up, and waits.
    pid = os.fork()
    if pid == 0:
        os.close(go)
        out = os.open(f"{sidecar}.{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
        os.dup2(out, 1)
        os.read(ready, 1)
        os.execve(guest, [guest, "threads"], e)
    os.close(ready)
    while True:
        try:
            child = os.fork()
        except OSError:
            break
        if child == 0:
            time.sleep(600)
            os._exit(0)
        sleepers.append(child)
    os.close(go)
    status = os.waitpid(pid, 0)[1]
    for child in sleepers:
        os.kill(child, 9)
        os.waitpid(child, 0)
    result[name] = status
    print(name, "status", status, "beside", len(sleepers), "sleepers:", open(f"{sidecar}.{name}").read().split())
sys.exit(result["with"] != 0 or result["without"] != 0)
END
  local status=$?
  turn kernel.pid_max 32768
  [ $status -eq 0 ] && adds_up && note "numbers used up: without $(tr '\n' ' ' <"$sidecar.without") with" \
    "$(tr '\n' ' ' <"$sidecar.with"), clock's thread refused $(counter timer_failed) times" &&
    grep -q '^refused 1' "$sidecar.with" && [ "$(counter timer_failed)" -gt 0 ]
}

# A group that has room for the host, and no more.
grouped() {
  local group=/sys/fs/cgroup/trial status=0
  echo +pids >/sys/fs/cgroup/cgroup.subtree_control && mkdir $group && echo 1 >$group/pids.max || return 77
  rm -f "$sidecar"
  # shellcheck disable=SC2016 # for the shell inside
  GROUP=$group sh -c 'echo $$ >"$GROUP/cgroup.procs" && exec "$@"' sh \
    env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$sidecar,stats_ms=20,decay_ms=20" "$guests/switches" threads \
    >"$TMPDIR/with.out" || status=1
  rmdir $group
  note "pids.max 1: $(tr '\n' ' ' <"$TMPDIR/with.out")"
  [ $status -eq 0 ] && adds_up && grep -q '^refused 1' "$TMPDIR/with.out" && [ "$(counter timer_failed)" -gt 0 ]
}

try "threads may start" works 0
try "kernel.pid_max" used_up
try "pids.max of a group" grouped
finish
