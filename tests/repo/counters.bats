#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# doc/sidecar.md says what include/weir/stats.h says, and its example reads a real sidecar.

load repo

@test "the tables of doc/sidecar.md are those of the sources" {
  cp "$WEIR_SRCDIR/doc/sidecar.md" "$BATS_TEST_TMPDIR/"
  chmod u+w "$BATS_TEST_TMPDIR/sidecar.md"
  "$WEIR_SRCDIR/scripts/sidecar-tables" "$BATS_TEST_TMPDIR/sidecar.md"
  grep -q '| .large_requests. | counter |' "$BATS_TEST_TMPDIR/sidecar.md"
  grep -q '| .gets = hits + misses. |' "$BATS_TEST_TMPDIR/sidecar.md"
  diff "$WEIR_SRCDIR/doc/sidecar.md" "$BATS_TEST_TMPDIR/sidecar.md" || {
    echo "run scripts/sidecar-tables doc/sidecar.md"
    return 1
  }
}

# "offset field" for the rows of a table of doc/sidecar.md.
layout() {
  marked doc/sidecar.md "$1" | tr -d '|`' | awk '$1 ~ /^[0-9]+$/ { print $1, $2 }'
}

# How many members a struct of a header has.
members() {
  sed -n "/^struct $1 {/,/^};/p" "$WEIR_SRCDIR/include/weir/${2:-stats}.h" | grep -c '^[[:blank:]].*;'
}

@test "the offsets in doc/sidecar.md are the compiler's" {
  [ "$(layout header | wc -l)" -eq "$(members weir_stats_header)" ]
  [ "$(layout slot | wc -l)" -eq "$(members weir_stats_slot_head)" ]
  [ "$(layout mailbox | wc -l)" -eq "$(members weir_stats_mailbox)" ]
  [ "$(layout head | wc -l)" -eq "$(members weir_trace_head trace)" ]
  {
    printf '#include "weir/%s.h"\n' stats trace
    echo '#define AT(s, f, at) _Static_assert(__builtin_offsetof(struct s, f) == at, #f);'
    layout header | while read -r at field; do
      echo "AT(weir_stats_header, $field, $at)"
    done
    layout mailbox | while read -r at field; do
      echo "AT(weir_stats_mailbox, $field, $at)"
    done
    layout head | while read -r at field; do
      echo "AT(weir_trace_head, $field, $at)"
    done
    layout slot | while read -r word field; do
      echo "AT(weir_stats_slot_head, $field, $word * 8)"
    done
  } >"$BATS_TEST_TMPDIR/layout.c"
  gcc -fsyntax-only -I"$WEIR_SRCDIR/include" "$BATS_TEST_TMPDIR/layout.c"
}

@test "the reader in doc/sidecar.md reads what weir stat reads" {
  [ -x "$WEIR_BUILDDIR/weir" ] || skip "this build has no weir"
  command -v node || skip "no node"
  cd "$BATS_TEST_TMPDIR"
  marked doc/sidecar.md reader | sed '/^```/d' >reader.js
  "$WEIR_BUILDDIR/weir" run --stats="$PWD/stats.weir" -- \
    node -e 'for (let i = 0; i < 100; i++) Buffer.alloc(1e6 + i * 150000)' 3>&-
  node reader.js stats.weir | sort >got
  "$WEIR_BUILDDIR/weir" stat --json stats.weir |
    jq -r '.counters | to_entries[] | "\(.key) \(.value)"' |
    grep -E '^large_(requests|pool|map) ' | sort >wanted
  [ "$(wc -l <wanted)" -eq 3 ]
  grep -q '^large_requests [1-9]' wanted
  diff wanted got
}
