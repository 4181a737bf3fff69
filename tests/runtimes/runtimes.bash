# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of real runtimes: how to start one, with weir and without, and what must
# hold each time.

: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
# shellcheck source=/dev/null
. "$WEIR_SRCDIR/scripts/runtimes.sh"
# shellcheck source=tests/runtimes/host_list.bash
. "$WEIR_SRCDIR/tests/runtimes/host_list.bash"

weir=$WEIR_BUILDDIR/weir
programs=$WEIR_SRCDIR/tests/runtimes/programs

# is_here NAME: for tests of several, which go on with the others.
is_here() {
  if [ "$1" = node ]; then command -v node >/dev/null; else [ -x "$(runtimes_dir)/$1/exe" ]; fi
}

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
  own_folders
}

own_folders() {
  sidecars=$BATS_TEST_TMPDIR/sidecars
  rm -rf "$sidecars"
  mkdir "$sidecars"
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR TMPDIR=$BATS_TEST_TMPDIR
  export DENO_DIR=$BATS_TEST_TMPDIR/deno NO_COLOR=1
}

# with_weir COMMAND...: under the weir just built; sidecars are kept, one a process.
with_weir() {
  timeout "${WAIT:-120}" "$weir" run --stats="$sidecars/%p.weir" -- "$@" </dev/null 3>&-
}

# same PROGRAM: prints the same and ends the same with weir as without it.
same() {
  alike "${runtime[@]}" "$programs/$1.mjs"
}

# alike COMMAND...: that, of any command; each run has a folder of its own.
alike() {
  local plain=0 under=0
  cd "$BATS_TEST_TMPDIR" && rm -rf in_plain in_under && mkdir in_plain in_under || return
  (cd in_plain && timeout 120 "$@" </dev/null >../plain.out 2>../plain.err 3>&-) || plain=$?
  (cd in_under && with_weir "$@" >../under.out 2>../under.err) || under=$?
  [ -s plain.out ]
  if ! cmp plain.out under.out || [ $plain -ne $under ]; then
    echo "status $plain without weir, $under with it"
    diff plain.out under.out
    cat under.err
    return 1
  fi
  if grep '^weir' under.err; then
    return 1
  fi
  add_up
}

# as_told NAME: the row of the host in doc/runtimes.md is what the sidecars say: words to the letter,
# numbers within a factor of three; the version is as it was.
as_told() {
  local told row
  told=$(sed -n '/<!-- begin hosts -->/,/<!-- end hosts -->/p' "$WEIR_SRCDIR/doc/runtimes.md" |
    grep -F "| $(host_title "$1") |") || return
  row=$(host_row "$1" "$sidecars")
  awk -F ' *[|] *' '{ for (i = 1; i <= NF; i++) cell[NR, i] = $i; n = NF > n ? NF : n }
    END {
      for (i = 1; i <= n; i++) {
        a = cell[1, i]
        b = cell[2, i]
        if (i == 3 || a == b)
          continue
        sub(/ %/, "", a)
        sub(/ %/, "", b)
        if (a "" !~ /^[0-9]+$/ || b "" !~ /^[0-9]+$/ || a + 0 > 3 * b || b + 0 > 3 * a)
          wrong = 1
      }
      exit wrong
    }' <<<"$told
$row" && return
  echo "doc/runtimes.md: $told"
  echo "here:            $row"
  echo "scripts/runtime-table doc/runtimes.md writes it anew"
  return 1
}

# Every sidecar reads and its numbers add up. A child that ends by _exit may do so between the
# making of its file and the first write.
add_up() {
  local file
  for file in "$sidecars"/*.weir; do
    [ ! -e "$file" ] || "$weir" stat --check "$file" >"$BATS_TEST_TMPDIR/said" 2>&1 ||
      grep -qE 'nothing has been written|does not begin with' "$BATS_TEST_TMPDIR/said" ||
      { cat "$BATS_TEST_TMPDIR/said" && return 1; }
  done
}

# query FILTER: what jq makes of all sidecars, as one array.
query() {
  for file in "$sidecars"/*.weir; do
    "$weir" stat --json "$file" 2>"$BATS_TEST_TMPDIR/said" ||
      grep -qE 'nothing has been written|does not begin with' "$BATS_TEST_TMPDIR/said" || return
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
