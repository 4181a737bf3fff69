#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# libunwind is the oracle of the walk of machine code: on stacks of real programs (unwind_oracle.c) both name the
# same native frames, those beyond V8's own code as well. That weir's stack ends before libunwind's counts as wrong.

load runtimes

oracle=$WEIR_BUILDDIR/libunwind_oracle.so

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  [ -e "$oracle" ] || skip "no shim in this build"
}

# beside EVERY LEAST NAME COMMAND...: compares each EVERYth stack of it, at least so many; a line says how many.
beside() {
  local every=$1 least=$2 name=$3
  shift 3
  rm -f log
  ORACLE_EVERY=$every ORACLE_LOG=$PWD/log LD_PRELOAD=$oracle "$@" >said 2>&1 </dev/null 3>&- || {
    tail -n 20 said
    return 1
  }
  ! grep -q '^no libunwind' log || skip "no libunwind here"
  awk -v name="$name" '/^end/ { for (i = 2; i <= NF; i++) { split($i, a, "="); n[a[1]] += a[2] } }
    END { print "# " name ": " n["alike"] + 0, "stacks alike,", n["differ"] + n["ours_ends"], "not,",
            n["theirs_ends"] + 0, "that libunwind ends before;", n["frames"] + 0, "frames" }' log | tee told
  awk '/^end/ { for (i = 2; i <= NF; i++) { split($i, a, "="); n[a[1]] += a[2] } }
    END { exit n["differ"] + n["ours_ends"] != 0 || n["alike"] < '"$least"' }' log || {
    cat log
    return 1
  }
}

@test "native frames are those that libunwind names, in Node" {
  for name in node node18 node21 node22 node23 node24 node25 node26; do
    [ -n "${WEIR_LONG-}" ] || [ "$name" = node ] || [ "$name" = node26 ] || continue
    is_here "$name" || continue
    use "$name"
    beside "$(if [ -n "${WEIR_LONG-}" ]; then echo 3; else echo 101; fi)" 100 "$name" "$exe" "$programs/stacks.cjs"
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "native frames are those that libunwind names, in CPython" {
  python3 --version || skip "no python3 here"
  beside "$(if [ -n "${WEIR_LONG-}" ]; then echo 17; else echo 997; fi)" 50 python3 python3 "$programs/buffers.py"
}

@test "native frames are those that libunwind names, in Perl, SQLite and Redis" {
  [ -n "${WEIR_LONG-}" ] || skip "long: make check-lines"
  ! command -v perl || beside 5 100 perl perl "$programs/buffers.pl"
  ! command -v sqlite3 || beside 1 10 sqlite3 sqlite3 :memory: ".read $programs/blobs.sql"
  ! command -v redis-server || beside 5 100 redis redis-server --version
}
