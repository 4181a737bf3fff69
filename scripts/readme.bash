# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests/repo/readme.bats and scripts/check-newcomer: the commands of README.md and what they are said to print.

# The lines of README.md's ```console blocks, "$ command" and what it prints; a last "$ " ends the last command.
readme_console() {
  awk '/^```console$/ { on = 1; next } /^```/ { on = 0 } on' "$1"
  echo '$ '
}

# Numbers with units, the widths that follow from them, and empty lines do not count.
readme_stable() {
  sed -E 's/[0-9]+([.,:][0-9]+)*( ?([KMGT]i?)?B\b| ?[mun]?s\b|x\b|%)?/N/g; s/[[:space:]]+/ /g; s/^ //; s/ $//; /^$/d'
}

# A pattern of [[ == ]] that matches the expected lines on standard input; a line "..." stands for any lines.
readme_pattern() {
  readme_stable | awk '$0 == "..." { printf "*"; next } { gsub(/[^[:alnum:] ]/, "\\\\&"); print }'
}

# readme_agrees EXPECTED PRINTED: files. Nothing expected agrees with anything.
readme_agrees() {
  local actual wanted

  actual=$(readme_stable <"$2")$'\n' wanted=$(readme_pattern <"$1"; echo .)
  # shellcheck disable=SC2053 # it is a pattern
  [[ ! -s $1 || $actual == ${wanted%.} ]] && return
  echo "--- README.md says:"
  cat "$1"
  echo "--- it printed:"
  cat "$2"
  return 1
}
