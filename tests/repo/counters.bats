#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# doc/sidecar.md says what include/weir/stats.h says, and its example reads a real sidecar.

load repo

@test "the tables of doc/sidecar.md are those of include/weir/stats.h" {
  cp "$WEIR_SRCDIR/doc/sidecar.md" "$BATS_TEST_TMPDIR/"
  "$WEIR_SRCDIR/scripts/sidecar-tables" "$BATS_TEST_TMPDIR/sidecar.md"
  diff "$WEIR_SRCDIR/doc/sidecar.md" "$BATS_TEST_TMPDIR/sidecar.md" || {
    echo "run scripts/sidecar-tables doc/sidecar.md"
    return 1
  }
}
