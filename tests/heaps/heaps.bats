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
  [ "$(grep -c 'no difference' <<<"$output")" -ge 14 ]
}

@test "ThreadSanitizer finds no race in the whole shim" {
  cd "$WEIR_SRCDIR"
  local program=$BATS_TEST_TMPDIR/test_heaps tasks file sources=(tests/heaps/no_tasks.c)
  tasks=$(sed -n 's/%D%/preload/g; s/^preload_tasks = //p' preload/local.mk)
  for file in preload/*.c preload/*/*.c; do
    [[ " $tasks " = *" $file "* ]] || sources+=("$file")
  done
  echo 'int main(void) { return 0; }' >"$program.c"
  gcc -fsanitize=thread -o "$program" "$program.c" || skip "no gcc with ThreadSanitizer here"
  gcc -std=gnu11 -O1 -g -fsanitize=thread -fno-strict-aliasing -fno-builtin -D_GNU_SOURCE \
    -DPKGLIBDIR='"."' -Wno-tsan -include tests/heaps/renamed.h -I. -Iinclude -I"$WEIR_BUILDDIR" -pthread -o "$program" \
    tests/heaps/test_heaps.c tests/heaps/heap_*.c "${sources[@]}" pool/*.c policy/*.c trace/*/*.c
  # Into files: the clock's thread has no standard error to report on.
  run env OPERATIONS=30 TSAN_OPTIONS="log_path=$BATS_TEST_TMPDIR/race" "$program"
  [ "$status" -eq 0 ] || { cat <(echo "$output") "$BATS_TEST_TMPDIR"/race.* && return 1; }
  [ "$(grep -c '^ok' <<<"$output")" -eq 5 ]
}
