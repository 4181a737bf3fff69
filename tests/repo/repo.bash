# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Shared by the tests of the repository's rules: where things are, which files count.

: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
# A make that a test starts is no part of the make that runs the tests.
unset MAKEFLAGS MFLAGS MAKELEVEL

in_git() {
  [ -e "$WEIR_SRCDIR/.git" ] && git -C "$WEIR_SRCDIR" rev-parse >/dev/null 2>&1
}

# Every file of the sources, from the top folder, one a line: what git has or would add;
# in an unpacked tarball, what is there but for the folders of a build.
source_files() {
  if in_git; then
    git -C "$WEIR_SRCDIR" ls-files -co --exclude-standard | while read -r f; do
      [ ! -f "$WEIR_SRCDIR/$f" ] || echo "$f"
    done
  else
    (cd "$WEIR_SRCDIR" && find . \( -name _build -o -name _inst -o -name build \
      -o -name autom4te.cache \) -prune -o -type f -print | sed 's|^\./||' |
      grep -vE '^(configure|config\.h\.in|aclocal\.m4|build-aux/.*|m4/l.*|.*Makefile\.in)$')
  fi
}

# The sources whose names match one of the extended regular expressions.
sources_like() {
  source_files | grep -E "$(IFS='|' && echo "$*")" | sort
}

# The text between the two comments <!-- begin NAME --> and <!-- end NAME --> of a document.
marked() {
  sed -n "/<!-- begin $2 -->/,/<!-- end $2 -->/p" "$WEIR_SRCDIR/$1" | sed '1d;$d'
}

# What the tests that failed below this folder have said, but for what passed.
failed_tests() {
  find . -name '*.trs' -exec grep -lE '^:test-result: *(FAIL|ERROR)' {} + | sed 's/trs$/log/' |
    xargs grep -hvE '^(ok|PASS)' | head -n 60
}

# Prints standard input and fails if there is any: each line is one breach of a rule.
no_lines() {
  local lines
  lines=$(cat)
  [ -z "$lines" ] && return
  echo "$lines"
  return 1
}
