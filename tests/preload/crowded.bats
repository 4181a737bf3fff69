#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A limit of tasks that leaves room for exactly what the host needs: the clock makes way.

load preload

@test "fork, vfork, clone, posix_spawn, system, popen with room for one task: none is refused" {
  # A user of one's own each time: what others run must not count.
  local user=$((100000 + $$ % 100000 * 10))
  for call in fork vfork clone clone_copy clone_shared posix_spawn posix_spawnp system popen; do
    user=$((user + 1))
    run threaded_alone "$call" $user
    [ "$status" -ne 77 ] || skip "needs root"
    [ "$status" -eq 0 ]
    [ "$output" = "refused 0, handlers in pairs" ] || { echo "$call: $output" && return 1; }
  done
}

# A sidecar would be another user's: it is not looked at.
threaded_alone() {
  timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$BATS_TEST_TMPDIR/%p.weir" "$GUESTS/crowded" "$@"
}
