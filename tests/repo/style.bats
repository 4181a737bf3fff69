#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What every source file has in common. Texts that fuzzing found (fuzz/corpus) are data.

load repo

code='(\.([ch]|def|map|awk|js|mjs|py|rb|pl|sql|java|sh|bash|bats|mk|ac|am|m4)|/(check-hosts|vm-trials|vm/init|vm/inside|fetch-runtimes|count-tests|runtime-table|sidecar-tables|stress|analyze)|^run-tests|^quickstart|^autogen.sh|^\.ci/run)$'

@test "C is formatted as .clang-format says" {
  clang-format --version | grep -q 'version 14\.' ||
    skip "clang-format 14 lays out the sources; here is $(clang-format --version || true)"
  cd "$WEIR_SRCDIR"
  sources_like '\.[ch]$' | xargs clang-format --dry-run -Werror
}

@test "shell and bats scripts are clean under shellcheck" {
  command -v shellcheck || skip "no shellcheck"
  cd "$WEIR_SRCDIR"
  {
    sources_like '\.(sh|bash|bats)$'
    source_files | grep -vE '\.[a-z]+$|^fuzz/' |
      xargs awk 'FNR == 1 && /^#!.*sh$/ { print FILENAME }'
  } | sort -u >"$BATS_TEST_TMPDIR/scripts"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/scripts")" -ge 10 ]
  # What a bats file loads, shellcheck does not follow: variables seem to come from nowhere.
  grep -vE '\.(bash|bats)$' "$BATS_TEST_TMPDIR/scripts" | xargs shellcheck -x -P SCRIPTDIR
  grep -E '\.(bash|bats)$' "$BATS_TEST_TMPDIR/scripts" |
    xargs shellcheck -S warning -e SC2154,SC2034
}

@test "whoever sources packages.sh has sourced progress.sh, whose steps it takes" {
  cd "$WEIR_SRCDIR"
  sources_like '' | xargs grep -lE '^\. .*/packages\.sh"?$' >"$BATS_TEST_TMPDIR/sourcing"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/sourcing")" -ge 4 ]
  while read -r script; do
    grep -E '^\. ' "$script" | grep -B 1 'packages\.sh' | grep -q 'progress\.sh' || echo "$script"
  done <"$BATS_TEST_TMPDIR/sourcing" | no_lines
}

@test "every source file names its licence in its first line" {
  cd "$WEIR_SRCDIR"
  sources_like "$code" | while read -r f; do
    sed -n '1{/^#!/n;/^# shellcheck shell=/n;/SPDX-License-Identifier: Apache-2\.0/q;s|^.*|no SPDX line|p;q}' "$f" |
      sed "s|^|$f: |"
  done | no_lines
}

@test "no source file is longer than 500 lines" {
  cd "$WEIR_SRCDIR"
  sources_like "$code" | xargs wc -l | awk '$2 != "total" && $1 > 500' | no_lines
}

@test "a file's name says which one is meant: no two are the same" {
  source_files | grep -vE '(^|/)(local\.mk|\.gitkeep)$|^fuzz/corpus/' | sed 's|.*/||' |
    sort | uniq -d | no_lines
}

@test "no path of somebody's machine is in the tree" {
  cd "$WEIR_SRCDIR"
  source_files | grep -v '^LICENSE$' |
    xargs grep -nIE '(^|[^[:alnum:]_.])/(home|Users|work)/[a-z]|/roo[t]/' | no_lines
}
