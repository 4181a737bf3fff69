#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# README.md tells the truth. In its ```console blocks, each line "$ command" is run, in order
# and in one folder, with the weir just built; the lines after it are compared with what it
# prints. Numbers may differ, with their units; a line "..." stands for any lines.
# Commands that start with ./ or sudo are for the reader's own machine and are not run.

load repo

# Numbers with units, the widths that follow from them, and empty lines do not count.
stable() {
  sed -E 's/[0-9]+([.,:][0-9]+)*( ?([KMGT]i?)?B\b| ?[mun]?s\b|x\b|%)?/N/g; s/[[:space:]]+/ /g; s/^ //; s/ $//; /^$/d'
}

console_lines() {
  awk '/^```console$/ { on = 1; next } /^```/ { on = 0 } on' "$WEIR_SRCDIR/README.md"
}

# A pattern of [[ == ]] that matches the expected lines on standard input.
pattern() {
  stable | awk '$0 == "..." { printf "*"; next } { gsub(/[^[:alnum:] ]/, "\\\\&"); print }'
}

@test "README.md shows what its commands print" {
  [ -x "$WEIR_BUILDDIR/weir" ] || skip "this build has no weir"
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' ||
    skip "the tour is of Node 20 or later"
  cd "$BATS_TEST_TMPDIR"
  mkdir home run
  command="" ran=0
  : >expected
  { console_lines; echo '$ '; } >lines
  while IFS= read -r line; do
    if [[ $line != '$ '* ]]; then
      echo "$line" >>expected
      continue
    fi
    if [[ -n $command && $command != ./* && $command != sudo* ]]; then
      env -i HOME="$PWD/home" XDG_RUNTIME_DIR="$PWD/run" \
        PATH="$WEIR_BUILDDIR:$PATH" SRC="$WEIR_SRCDIR" \
        bash -c "$command" >printed 2>&1 </dev/null 3>&- || echo "(status $?)"
      ran=$((ran + 1))
      actual=$(stable <printed)$'\n' wanted=$(pattern <expected; echo .)
      # shellcheck disable=SC2053 # it is a pattern
      if [[ $actual != ${wanted%.} && -s expected ]]; then
        echo "\$ $command"
        echo "--- README.md says:"
        cat expected
        echo "--- it printed:"
        cat printed
        return 1
      fi
    fi
    command=${line#\$ }
    : >expected
  done <lines
  [ $ran -ge 3 ]
}

@test "the C program in README.md compiles, and prints what it says" {
  library=$WEIR_BUILDDIR/.libs/libweir.a
  [ -e "$library" ] || skip "this build has no libweir"
  cd "$BATS_TEST_TMPDIR"
  sed -n '/^```c$/,/^```$/p' "$WEIR_SRCDIR/README.md" | sed '/^```/d' >program.c
  gcc -std=c11 -Wall -Wextra -Werror -I"$WEIR_SRCDIR/include" program.c "$library" \
    -pthread -o program
  [ "$(./program)" = "$(sed -nE 's|.*/\* ([0-9a-f]+) \*/.*|\1|p' program.c)" ]
}
