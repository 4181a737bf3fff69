#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The part of `make analyze` that is quick enough to be run each time. The other two take minutes.

load repo

@test "cppcheck finds nothing" {
  # Another version has other checks; what they find is for a person to judge.
  case $(cppcheck --version 2>/dev/null) in
  "Cppcheck 2.10"*) ;;
  *) skip "no cppcheck 2.10" ;;
  esac
  run sh "$WEIR_SRCDIR/scripts/analyze" "$WEIR_SRCDIR" "$WEIR_BUILDDIR" cppcheck
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == "cppcheck: nothing found in "[1-9]*" files" ]]
}
