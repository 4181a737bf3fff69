#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A short part of scripts/answers-table: the cause is named, the verdict is right, the advice leads on.

load runtimes

setup() {
  cd "$BATS_TEST_TMPDIR" || return
}

@test "the table of answers: who keeps, who awaits and keeps, who sends to nobody" {
  use node
  ANSWERS_SOON=1 ANSWERS_S=60 ANSWERS_ONLY='sessions.mjs awaited_reads.mjs unread_port.mjs' \
    "$WEIR_SRCDIR/scripts/answers-table" "$WEIR_BUILDDIR" "${runtime[0]}" >table
  cat table
  grep '3 of 3 are right at once, 0 by' table
}

@test "the table of answers says what is not right" {
  use node
  ! ANSWERS_S=1 ANSWERS_ONLY='small_pieces.mjs' \
    "$WEIR_SRCDIR/scripts/answers-table" "$WEIR_BUILDDIR" "${runtime[0]}" >table || return 1
  grep '0 of 1 are right at once, 0 by' table
}

@test "each program of the table says what it is about, what is expected, and which line is the cause" {
  for program in "$programs"/answers/*; do
    echo "$program"
    sed -n 2p "$program" | grep -Eq '^(//|#) .*\.$'
    grep -Eq '^(//|#) expect: (held|gc-lag|plateau|held heap|innocent)$' "$program"
    grep -Eq '^(//|#) expect: (.*heap|innocent)' "$program" || [ "$(grep -Ec '(//|#) cause$' "$program")" -eq 1 ]
  done
}
