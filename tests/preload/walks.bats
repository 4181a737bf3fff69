#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Walks over stacks that are not what they seem, or of threads without end: never a fault, nothing read
# from files, and little of the stack itself.

load preload

walks=$GUESTS/walks

@test "no load of a walk faults: wild frame pointers, holes in stacks, stacks that were replaced" {
  want=$("$walks")
  for options in enabled floor=4K,threshold=64K trace=off; do
    rm -f "$SIDECAR"
    [ "$(under "$options" "$walks")" = "$want" ]
    adds_up
  done
}

# library NAME GCC-ARGUMENT...: builds a plugin of that file name.
library() {
  local name=$1
  shift
  build "$name" -shared -fPIC "$@" "$WEIR_SRCDIR/tests/preload/runtime_plugin.c"
}

@test "a runtime's library that was unloaded is not called any more" {
  library libpython3.so
  library libother.so -DANOTHER
  local both=("$BATS_TEST_TMPDIR"/libpython3.so "$BATS_TEST_TMPDIR"/libother.so)
  run -0 under enabled "$walks" after "${both[@]}"
  [ "$output" = "same place" ]
}

@test "a program that unloads its CPython goes on" {
  python=$(find /usr/lib -name 'libpython3.1[123].so.1.0' | head -n 1)
  [ -n "$python" ] || skip "no libpython of a version that weir reads"
  build embeds "$WEIR_SRCDIR/tests/preload/embeds.c" -ldl -pthread
  run -0 under enabled "$BATS_TEST_TMPDIR/embeds" "$python"
  [ "$output" = "went on" ]
}

@test "plugins with frames of all kinds that come and go while their code asks" {
  library a.so -DANOTHER -O2 -fno-omit-frame-pointer
  library b.so -DANOTHER -O2 -fomit-frame-pointer -fno-asynchronous-unwind-tables
  library c.so -DANOTHER -O0
  library d.so -DANOTHER -fomit-frame-pointer
  for options in enabled floor=4K,threshold=64K; do
    rm -f "$SIDECAR"
    run -0 under "$options" "$walks" storm "$BATS_TEST_TMPDIR"/[abcd].so
    [ "$output" = "walked 800" ]
    adds_up
  done
}

@test "a thread's first large block reads no file" {
  run -0 under enabled "$walks" threads 200
  # A look at the limits that is due then falls to one of them.
  [[ $output =~ ^"threads 200 read "([0-9]+)$ ]]
  [ "${BASH_REMATCH[1]}" -le 12 ]
  adds_up
  [ "$(counter large_requests)" -ge 201 ]
  # And yet each was walked to its end.
  [ "$(counter truncated)" -eq 0 ]
}

@test "no entry of the family eats a frame: each stack leads through its asker to main" {
  asked=$(under enabled "$GUESTS/askers")
  "$WEIR" growth --json --top=0 --by=stack "$SIDECAR" >"$BATS_TEST_TMPDIR/growth.json"
  run -0 jq -r '.sites[] | [.stack[].function | split("+")[0]] | select(any(startswith("by_"))) | join(" ")' \
    "$BATS_TEST_TMPDIR/growth.json"
  echo "$output"
  [ "$(grep -cE '^(.* )?by_[a-z_]+ ask_all main( |$)' <<<"$output")" -eq "$asked" ]
}
