# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of real runtimes: how to start one, with weir and without, and what must
# hold each time.

: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
# shellcheck source=/dev/null
. "$WEIR_SRCDIR/scripts/runtimes.sh"

weir=$WEIR_BUILDDIR/weir
programs=$WEIR_SRCDIR/tests/runtimes/programs

# use NAME: sets `runtime`, the command that runs a program, and `exe`, the file it is in;
# "node" is the system's.
use() {
  if [ "$1" = node ]; then
    exe=$(command -v node) || skip "no node in PATH"
  else
    exe=$(runtimes_dir)/$1/exe
    [ -x "$exe" ] || skip "no $1: scripts/fetch-runtimes fetches it"
  fi
  runtime=("$exe")
  exe=$(readlink -f "$exe")
  [ "$1" != deno ] || runtime+=(run --quiet --allow-all)
  sidecars=$BATS_TEST_TMPDIR/sidecars
  mkdir -p "$sidecars"
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR TMPDIR=$BATS_TEST_TMPDIR
  export DENO_DIR=$BATS_TEST_TMPDIR/deno NO_COLOR=1
}

# with_weir COMMAND...: under the weir just built; sidecars are kept, one a process.
with_weir() {
  timeout 120 "$weir" run --stats="$sidecars/%p.weir" -- "$@" </dev/null 3>&-
}

# same PROGRAM: prints the same and ends the same with weir as without it.
same() {
  local plain=0 under=0
  cd "$BATS_TEST_TMPDIR" || return
  timeout 120 "${runtime[@]}" "$programs/$1.mjs" </dev/null >plain.out 2>plain.err 3>&- || plain=$?
  with_weir "${runtime[@]}" "$programs/$1.mjs" >under.out 2>under.err || under=$?
  [ -s plain.out ]
  if ! cmp plain.out under.out || [ $plain -ne $under ]; then
    echo "status $plain without weir, $under with it"
    diff plain.out under.out
    cat under.err
    return 1
  fi
  if grep weir under.err; then
    return 1
  fi
  add_up
}

# Every sidecar reads and its numbers add up.
add_up() {
  for file in "$sidecars"/*.weir; do
    "$weir" stat --check "$file" || return
  done
}

# query FILTER: what jq makes of all sidecars, as one array.
query() {
  for file in "$sidecars"/*.weir; do
    "$weir" stat --json "$file" || return
  done | jq -es "$1"
}

# weir was at work: requests came, and some of them were served from its cache.
at_work() {
  query 'all(.counters.large_requests > 0)' &&
    query '[.[].classes[].hits] | add > 0'
}

# own_sidecars N: so many processes of this runtime left a sidecar.
own_sidecars() {
  query "[.[] | select(.exe == \"$exe\")] | length == $1"
}
