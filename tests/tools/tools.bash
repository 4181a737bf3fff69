# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of the command: where it is, an environment without the user's own
# sidecars, and programs to look at.

bats_require_minimum_version 1.5.0
: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
export WEIR=$WEIR_BUILDDIR/weir
export MAKE_SIDECAR=$WEIR_BUILDDIR/tests/tools/make_sidecar

# Every test calls it first: sidecars of this test only, no options of the caller.
own_environment() {
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
  export HOME=$BATS_TEST_TMPDIR/home TMPDIR=$BATS_TEST_TMPDIR/tmp
  unset WEIR_OPTIONS WEIR_PRELOAD XDG_CONFIG_HOME
  # A command built with ASan is started here with a preload before ASan's own.
  export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0
  FOLDER=$XDG_RUNTIME_DIR/weir
  mkdir -p "$FOLDER" "$HOME" "$TMPDIR"
  cd "$BATS_TEST_TMPDIR" || return 1
}

# A library that does nothing in the program it is preloaded into, under the shim's name.
harmless_shim() {
  local libm
  libm=$(/sbin/ldconfig -p | awk -v arch="$(uname -m | tr _ -)" \
    '$1 == "libm.so.6" && index($0, arch) { print $NF; exit }')
  [ -n "$libm" ] || skip "no libm.so.6 to preload"
  mkdir -p "$BATS_TEST_TMPDIR/shim"
  cp "$libm" "$BATS_TEST_TMPDIR/shim/libweir_preload.so"
  export WEIR_PRELOAD=$BATS_TEST_TMPDIR/shim/libweir_preload.so
}

# static_program NAME: a program without a loader that prints "static ran" and exits 3.
static_program() {
  echo '#include <stdio.h>
    int main(void) { puts("static ran"); return 3; }' >"$1.c"
  gcc -static -o "$1" "$1.c" 2>/dev/null || skip "gcc cannot link statically"
}

# Field 22 of /proc/PID/stat.
start_ticks() {
  sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

# sidecar_of PID [NAME=VALUE...]: of a process that runs, in the default folder.
sidecar_of() {
  local pid=$1 start
  start=$(start_ticks "$pid")
  shift
  "$MAKE_SIDECAR" "$FOLDER/$pid-$start.weir" pid="$pid" start="$start" unix_ns=now \
    state=1 "$@"
}

# Fails unless standard input is one JSON value.
is_json() {
  if command -v jq >/dev/null; then
    jq -e . >/dev/null
  elif command -v node >/dev/null; then
    node -e 'JSON.parse(require("fs").readFileSync(0, "utf8"))'
  else
    skip "neither jq nor node to read JSON"
  fi
}

# shellcheck disable=SC2154 # bats sets output
# has TEXT: $output contains it; shows what there is if not.
has() {
  [[ $output == *"$1"* ]] || {
    printf 'no "%s" in:\n%s\n' "$1" "$output"
    return 1
  }
}

# shellcheck disable=SC2154
lacks() {
  [[ $output != *"$1"* ]] || {
    printf '"%s" is in:\n%s\n' "$1" "$output"
    return 1
  }
}
