#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A little of what `make stress` does for long: the same random operations on the shim's heap and
# on the C library's, in every configuration of scripts/stress.

load ../preload/preload

@test "without the shim, the test agrees with itself" {
  run "$WEIR_BUILDDIR/tests/heaps/differ" -s 1 -t 2 -n 1000
  [ "$status" -eq 0 ]
  [ "$output" = "seeds 1 to 1: 2000 operations on 2 threads, no difference" ]
}

@test "every configuration gives the C library's results" {
  run env SEED=1 SECONDS_IN_ALL=1 OPERATIONS=300 "$WEIR_SRCDIR/scripts/stress" "$WEIR_BUILDDIR"
  [ "$status" -eq 0 ]
  [ "$(grep -c 'no difference' <<<"$output")" -ge 8 ]
}
