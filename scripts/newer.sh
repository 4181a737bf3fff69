# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by run-tests after packages.sh and runtimes.sh: what the tests are run with where Debian's own is too old (Debian 11's
# bats and Node), from npm. It is kept beside the runtimes, and goes to the front of PATH.

# is_older VERSION LEAST
is_older() {
  [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" != "$2" ]
}

# newer_in_path RUNTIME PROGRAM VERSION LEAST: fetches the runtime of that name if the program's version is older.
newer_in_path() {
  is_older "${3:-0}" "$4" || return 0
  echo "$2 is of version ${3:-none} here; the tests want $4 or later"
  scripts/fetch-runtimes "$(uname -m)" "$1" || return
  # Not by node_modules/.bin, which not every package is given.
  PATH=$(dirname "$(readlink -f "$(runtimes_dir)/$1/exe")"):$PATH
  export PATH
}

newer_tools() {
  newer_in_path node24 node "$(node --version | tr -d v)" 18
  newer_in_path bats bats "$(bats --version | sed 's/.* //')" 1.5
}
