#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# doc/requirements.md names files and tests that exist, and leaves no requirement out.

load repo

# The rows of the tables, one a line.
rows() {
  grep -E '^\| S[0-9]+\.[0-9]+ \|' "$WEIR_SRCDIR/doc/requirements.md"
}

@test "every requirement has its row, in order" {
  # How many there are of each group S0 to S4.
  i=0
  for n in 6 4 8 9 3; do
    seq -f "S$i.%g" "$n"
    i=$((i + 1))
  done >"$BATS_TEST_TMPDIR/wanted"
  rows | awk -F'|' '{ gsub(" ", "", $2); print $2 }' | diff "$BATS_TEST_TMPDIR/wanted" -
}

@test "the files that the page on requirements names exist" {
  grep -oE '`(include|policy|pool|trace|encode|preload|tools|tests|fuzz|bench|doc)/[a-z0-9_/]+\.[a-z]+`' \
    "$WEIR_SRCDIR/doc/requirements.md" | tr -d '`' | sort -u >"$BATS_TEST_TMPDIR/named"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/named")" -ge 20 ]
  while read -r file; do
    [ -e "$WEIR_SRCDIR/$file" ] || echo "$file"
  done <"$BATS_TEST_TMPDIR/named" | no_lines
}

@test "the tests that the page on requirements names exist" {
  source_files >"$BATS_TEST_TMPDIR/files"
  # "file name of a test" a line: names in quotes belong to the file in backticks before them.
  rows | awk -F'|' '{ print $5 }' | grep -oE '`[^`]+`|"[^"]+"' | awk '
    /^`/ { file = substr($0, 2, length($0) - 2); next }
    { print file "\t" substr($0, 2, length($0) - 2) }' >"$BATS_TEST_TMPDIR/named"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/named")" -ge 40 ]
  while IFS=$'\t' read -r file name; do
    path=$(grep -E "(^|/)$file\$" "$BATS_TEST_TMPDIR/files")
    case $file in
    *.bats) grep -qF "@test \"$name\" {" "$WEIR_SRCDIR/$path" ;;
    test_*.c) grep -qF "TEST($name)" "$WEIR_SRCDIR/$path" ;;
    *) grep -qF "$name" "$WEIR_SRCDIR/$path" ;;
    esac || echo "$file: $name"
  done <"$BATS_TEST_TMPDIR/named" | no_lines
}
