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
  ORACLE_EVERY=$every ORACLE_LOG=$PWD/log LD_PRELOAD=$oracle timeout 300 "$@" >said 2>&1 </dev/null 3>&- || {
    tail -n 20 said
    return 1
  }
  ! grep -q '^no libunwind' log || skip "no libunwind here"
  # Where code has no tables both guess: not as often as once in ten thousand stacks may they differ there.
  awk -v name="$name" -v least="$least" '/^end/ { for (i = 2; i <= NF; i++) { split($i, a, "="); n[a[1]] += a[2] } }
    END { wrong = n["differ"] + n["ours_ends"] + n["theirs_ends"]
      printf "# %s: %d stacks alike, %d not, %d guessed, %d of more than 64 frames; %d frames\n", name, n["alike"], wrong,
             n["guessed"], n["cut"], n["frames"]
      exit wrong != 0 || n["alike"] < least || n["guessed"] > n["alike"] / 10000 }' log || {
    cat log
    return 1
  }
}

# often N: each Nth, and all of them for make check-lines.
often() {
  if [ -n "${WEIR_LONG-}" ]; then echo 1; else echo "$1"; fi
}

@test "native frames are those that libunwind names, in Node" {
  for name in node node18 node21 node22 node23 node24 node25 node26; do
    [ -n "${WEIR_LONG-}" ] || [ "$name" = node ] || [ "$name" = node26 ] || continue
    is_here "$name" || continue
    use "$name"
    beside "$(often 101)" 100 "$name" "$exe" "$programs/stacks.cjs"
    tested=yes
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "native frames are those that libunwind names, in CPython and Ruby, whose loops have long entries" {
  host_start cpython || skip "no python3 here"
  beside "$(often 97)" 50 cpython "${host[@]}"
  host_start ruby || skip "no ruby here"
  beside "$(often 97)" 50 ruby "${host[@]}"
}

# For make check-lines.
@test "native frames are those that libunwind names, in other hosts, and in sharp" {
  [ -n "${WEIR_LONG-}" ] || skip "long: make check-lines"
  for name in numpy perl php_malloc java sqlite redis; do
    host_start $name || continue
    beside 3 1000 $name "${host[@]}"
  done
  [ -e "$(runtimes_dir)/sharp/exe" ] || skip "no sharp: scripts/fetch-runtimes fetches it"
  for name in node22 node24 node26; do
    ! is_here "$name" || beside 3 1000 "sharp on $name" "$(runtimes_dir)/$name/exe" "$programs/thumbnails.cjs" \
      "$(readlink -f "$(runtimes_dir)/sharp/exe")"
  done
}
