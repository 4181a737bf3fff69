#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The host installs a filter of system calls that kills, while weir and its clock are at work: what it may kill for is
# not called any more, and what it allows goes on.

load preload

calls() {
  # shellcheck disable=SC2016 # for sed
  sed -nE 's/^\tX\(([a-z0-9_]+)\).*/\1/p' "$WEIR_SRCDIR/tests/preload/denied.c"
}

# one HOW THREADS CALL: nothing where it ends as it does without weir; with what it has in its way, why.
one() {
  local file="$BATS_TEST_TMPDIR/$1-$2-$3" plain weir
  timeout -k 5 60 "$GUESTS/denied" "$@" >"$file.plain" 2>&1 3>&- && plain=0 || plain=$?
  timeout -k 5 60 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$file.weir,decay_ms=50,stats_ms=20" \
    "$GUESTS/denied" "$@" >"$file.out" 2>&1 3>&- && weir=0 || weir=$?
  # What the C library does itself is not always the same: a thread waits for another, or does not.
  { [ "$plain" = "$weir" ] && cmp -s "$file.plain" "$file.out"; } ||
    { [ "$weir" -eq 0 ] && [ "$(cat "$file.out")" = worked ]; } || echo "$* without weir $plain, with it $weir"
  [ ! -e "$file.weir" ] || "$WEIR" stat --check "$file.weir" >"$file.check" || cat "$file.check"
}

@test "whatever one call the filter kills for: the host lives as without weir" {
  run timeout 60 "$GUESTS/denied" syscall 0 none
  [ "$status" -ne 77 ] || skip "no seccomp here"
  [ "$(calls | wc -l)" -ge 20 ]
  export -f one
  export GUESTS BATS_TEST_TMPDIR
  # A heap of the C library's for a second thread grows by mprotect, or does not: as it comes.
  # shellcheck disable=SC2046
  run bash -c 'for call; do echo "syscall 0 $call"; [ "$call" = mprotect ] || echo "syscall 2 $call"; done | xargs -P 16 -L 1 bash -c "one \$@" one 2>/dev/null' all $(calls)
  [ "$status" -eq 0 ]
  [ -z "$output" ] || { echo "$output" && return 1; }
}

@test "a filter that kills for all but what the C library's allocator needs" {
  run timeout 60 "$GUESTS/denied" syscall 0 none
  [ "$status" -ne 77 ] || skip "no seccomp here"
  for how in "syscall 0" "syscall 2" "prctl 0"; do
    # shellcheck disable=SC2086 # two words
    run one $how most
    [ -z "$output" ] || { echo "$output" && return 1; }
  done
}

@test "what is known before the filter is on record; a filter that allows all leaves weir as it was" {
  run under decay_ms=50,stats_ms=20 "$GUESTS/denied" syscall 0 none
  [ "$status" -ne 77 ] || skip "no seccomp here"
  [ "$output" = worked ]
  adds_up
  [ "$("$WEIR" stat --json "$SIDECAR" | jq -r .state)" = exited ]
  [ "$(counter large_requests)" -ge 80 ]
  [ "$(counter silent)" -eq 0 ]
  rm "$SIDECAR"
  run threaded decay_ms=50,stats_ms=20 "$GUESTS/denied" syscall 2 most
  [ "$output" = worked ]
  adds_up
  [ "$("$WEIR" stat --json "$SIDECAR" | jq -r .state)" != exited ]
  [ "$(counter large_requests)" -ge 20 ]
  [ "$(counter silent)" -eq 1 ]
  [[ $("$WEIR" stat "$SIDECAR") == *"silent: the program has a filter"* ]]
}
