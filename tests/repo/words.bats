#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What users read is plain English: none of the project's own words (doc/HACKING.md has them), none that sell, none that a
# technical writer would strike out.

load repo

# Extended regular expressions, a line each.
banned() {
  cat <<'END2'
\b(extents?|magazines?|spans?|lent|host|hosts|guests?)\b
\b(interpos(e|es|ed|ition)|anew|thereof|whereof|hither|amongst)\b
\b(utili[sz]e[sd]?|leverages?|in order to|seamless(ly)?|blazing(ly)?|powerful|effortless(ly)?|cutting.edge)\b
\b(simply|obviously|easily|of course)\b
\b(e\.g\.|i\.e\.|etc\.)
WEIR_[A-Z]+_MAX
next allocator|\bhit rates?\b|\bwastes?\b
all but nothing|broke off|does not run any more|while there is news
0\.[0-9]+ (to 0\.[0-9]+ )?times the
END2
}

# Files, and the lines of them that say such a word. Commands and code are what they are.
breaches() {
  banned >"$BATS_TEST_TMPDIR/banned"
  awk '/^```/ { code = !code } code { print ""; next } { print }' "$1" |
    sed -E 's/`[^`]*`//g' | grep -niE -f "$BATS_TEST_TMPDIR/banned" | sed "s|^|${1##*/}:|"
}

@test "README and manuals use none of the words that nobody says" {
  cd "$WEIR_SRCDIR"
  for file in README.md doc/*.1 packaging/npm/npm.md; do
    breaches "$file" || true
  done | no_lines
}

# What the command and the library say: text between quotes with a blank in it, of one line.
messages() {
  sed -E 's|^ ?\*.*||; s|/\*.*||; /^#include/d; s|</?span||g' "$1" |
    grep -oE '"([^"\\]|\\.)* ([^"\\]|\\.)*"' || true
}

@test "nor do messages and help" {
  cd "$WEIR_SRCDIR"
  { banned && echo '\bshims?\b'; } >"$BATS_TEST_TMPDIR/said"
  find tools policy/options.def preload/ground/say.c include/weir/trace.h -type f \( -name '*.[ch]' -o -name '*.def' \) -print |
    while read -r file; do
      messages "$file" | grep -iE -f "$BATS_TEST_TMPDIR/said" | sed "s|^|$file: |"
    done | no_lines
  printf '/* "the host is" */\n\ttell("of the shim %%d");\n' >"$BATS_TEST_TMPDIR/one.c"
  [ "$(messages "$BATS_TEST_TMPDIR/one.c" | grep -ciE -f "$BATS_TEST_TMPDIR/said")" -eq 1 ]
}

@test "each of these words would be found" {
  cd "$BATS_TEST_TMPDIR"
  for word in 'the next allocator' 'the hit rate' 'the waste' 'an extent' 'lent again' 'the host' interposes anew 'it is utilised' 'In order to' 'simply run' 'e.g. this' \
    WEIR_TRACE_MAX 'all but nothing' '0.68 to 0.92 times the time'; do
    echo "We say $word here." >text
    breaches text | grep -q '^text:1:' || {
      echo "not found: $word"
      return 1
    }
  done
  printf 'Plain.\n```\nanew\n```\n`anew`\n' >text
  run breaches text
  [ -z "$output" ]
}
