# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of the shim: where things are, running a guest under weir, reading sidecars.

bats_require_minimum_version 1.5.0
: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
export SHIM=$WEIR_BUILDDIR/libweir_preload.so
export WEIR=$WEIR_BUILDDIR/weir
export COMPANY=$WEIR_BUILDDIR/libcompany.so
GUESTS=$WEIR_BUILDDIR/tests/preload
SIDECAR=$BATS_TEST_TMPDIR/guest.weir

setup() {
  unset WEIR_OPTIONS
  [ -f "$SHIM" ] || skip "the shim is not built here"
}

# under OPTIONS COMMAND...: with the shim, the sidecar at $SIDECAR, ended after two minutes.
under() {
  local options=$1
  shift
  timeout -k 5 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=$SIDECAR,$options" "$@"
}

# threaded OPTIONS COMMAND...: the same, with a second thread that sleeps: then there is a clock.
threaded() {
  local options=$1
  shift
  timeout -k 5 120 env LD_PRELOAD="$SHIM:$COMPANY" WEIR_OPTIONS="stats=$SIDECAR,$options" "$@"
}

# await_that COMMAND...: until it succeeds, for three minutes at most.
await_that() {
  for _ in {1..3600}; do
    ! "$@" 2>/dev/null || return 0
    sleep 0.05
  done
  echo "in vain: $*"
  return 1
}

# build NAME GCC-ARGUMENT...: the guest is compiled here, as its own tools would.
build() {
  local name=$1
  shift
  gcc -O1 -fno-builtin -I"$WEIR_SRCDIR" -o "$BATS_TEST_TMPDIR/$name" "$@"
}

# adds_up [FILE...]: every sidecar reads and its numbers agree.
adds_up() {
  local file
  [ $# -gt 0 ] || set -- "$SIDECAR"
  for file in "$@"; do
    "$WEIR" stat --check "$file" || return 1
  done
}

# counter NAME [FILE]: a counter's raw value, through the command's JSON.
counter() {
  "$WEIR" stat --json "${2:-$SIDECAR}" | sed -n "s/^ *\"$1\": *\([0-9]*\),\{0,1\}\$/\1/p" | head -n 1
}

# Prints what the line "NAME BYTES" of $output says, in MB.
megabytes() {
  awk -v name="$1" '$1 == name { printf "%d\n", $2 / 1048576 }' <<<"$output"
}
