#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every tier gives what Node's Buffer, CPython's base64 and the standard functions of Node and Bun
# (two engines) give, asked on the spot.

: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
. "$WEIR_SRCDIR/scripts/runtimes.sh"

check=$WEIR_BUILDDIR/tests/encode/check_vectors

# against LEAST COMMAND...: its vectors, at least so many, hold.
against() {
  local least=$1
  shift
  "$@" >"$BATS_TEST_TMPDIR/vectors" 3>&-
  [ "$(wc -l <"$BATS_TEST_TMPDIR/vectors")" -ge "$least" ]
  "$check" <"$BATS_TEST_TMPDIR/vectors"
}

@test "the system's Node" {
  command -v node || skip "no node in PATH"
  against 200000 node "$BATS_TEST_DIRNAME/vectors.mjs"
}

@test "Node 26" {
  exe=$(runtimes_dir)/node26/exe
  [ -x "$exe" ] || skip "no node26: scripts/fetch-runtimes fetches it"
  against 200000 "$exe" "$BATS_TEST_DIRNAME/vectors.mjs"
}

@test "the standard functions of the system's Node" {
  command -v node || skip "no node in PATH"
  against 40000 node "$BATS_TEST_DIRNAME/standards.mjs"
}

# Deno has them too, but its setFromHex writes nothing if there is an error further on.
@test "the standard functions of Node 26 and Bun, Uint8Array's base64 and hex among them" {
  for name in node26 bun; do
    exe=$(runtimes_dir)/$name/exe
    [ -x "$exe" ] || skip "no $name: scripts/fetch-runtimes fetches it"
    against 90000 "$exe" "$BATS_TEST_DIRNAME/standards.mjs"
  done
}

@test "CPython" {
  command -v python3 || skip "no python3 in PATH"
  against 4000 python3 "$BATS_TEST_DIRNAME/vectors.py"
}

@test "a wrong vector is found" {
  run "$check" <<<"encode hex node - 00ff 303066"
  [ "$status" -eq 1 ]
  "$check" <<<"encode hex node - 00ff 30306666"
  run "$check" <<<"set base64 whatwg 9 5a6d39762a 666f6f"
  [ "$status" -eq 1 ]
  "$check" <<<"set base64 whatwg 9 5a6d39762a !666f6f"
}
