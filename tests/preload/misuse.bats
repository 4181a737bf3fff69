#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Proven misuse of a large block: SIGABRT and one exact line. Anything else is left alone.

load preload

# crime NAME [OPTIONS [SIGNAL]]: what the host says, without pid, addresses and times.
crime() {
  run --separate-stderr under "stats=off,${2:-enabled}" "$WEIR_BUILDDIR/tests/victims/crimes" "$1"
  [ "$status" -eq $((128 + ${3:-6})) ] || return 1 # 6: SIGABRT
  [ -z "$output" ] || return 1
  # shellcheck disable=SC2154
  said=$(sed 's/^weir\[[0-9]*\]/weir/; s/crimes+0x[0-9a-f]*/crimes+SITE/g; s/0x[0-9a-f]*/P/g; s/[0-9]* ms/T ms/' \
    <<<"${stderr_lines[0]}")
}

# fault NAME OPTIONS: the same, for what ends in SIGSEGV.
fault() {
  crime "$1" "$2" 11
  said=${said/#weir: access to /weir: read of } # where the processor does not tell
}

@test "free twice" {
  crime double_free
  [ "$said" = "weir: free(P): this block of 3000000 bytes has been freed before, T ms ago" ]
}

@test "free again after the address has served others" {
  crime late_double_free
  [[ "$said" == "weir: free(P): this block of "*" bytes has been freed before, T ms ago" ]]
}

@test "free of a page inside a block" {
  crime interior_free
  [ "$said" = "weir: free(P): points 4096 bytes into a block of 3000000 bytes that starts at P" ]
}

@test "free of an odd pointer into a block" {
  crime odd_free
  [ "$said" = "weir: free(P): points 17 bytes into a block of 3000000 bytes that starts at P" ]
}

@test "realloc after free" {
  crime realloc_after_free
  [ "$said" = "weir: realloc(P): this block of 3000000 bytes has been freed before, T ms ago" ]
}

@test "free of a scratch block" {
  crime free_of_scratch
  [ "$said" = "weir: free(P): is a scratch block; release it with weir_scratch_unref" ]
}

@test "read after free, in quarantine" {
  fault read_after_free quarantine=16M
  [ "$said" = "weir: read of P: 5 bytes into a block of 3000000 bytes that was freed T ms ago; allocated by crimes+SITE, freed by crimes+SITE" ]
}

@test "write after free, in quarantine" {
  crime write_after_free quarantine=16M 11
  [[ "$said" == "weir: "*" P: 2999999 bytes into a block of 3000000 bytes that was freed T ms ago; allocated by crimes+SITE, freed by crimes+SITE" ]]
}

@test "write to where a block was before realloc moved it" {
  crime write_after_realloc quarantine=16M 11
  [[ "$said" == "weir: "*" P: 100 bytes into a block of 3000000 bytes that was freed T ms ago; allocated by crimes+SITE, freed by crimes+SITE" ]]
}

@test "how late a use is found is up to the size of the quarantine" {
  run under stats=off,quarantine=16M,floor=128K "$WEIR_BUILDDIR/tests/victims/crimes" read_late_after_free
  [ "$status" -eq 0 ] || [ "$status" -eq 139 ]
  run under stats=off,quarantine=200M "$WEIR_BUILDDIR/tests/victims/crimes" read_late_after_free
  [ "$status" -eq 139 ]
  [[ "$output" == *"5 bytes into a block of 3000000 bytes that was freed "* ]]
}

@test "double free in quarantine names both sites" {
  crime double_free quarantine=16M
  [ "$said" = "weir: free(P): this block of 3000000 bytes has been freed before, T ms ago; allocated by crimes+SITE, freed by crimes+SITE" ]
}

@test "read right past the end of a guarded block" {
  fault read_past_end guard=on
  [ "$said" = "weir: read of P: 0 bytes behind the end of a block of 3000000 bytes; allocated by crimes+SITE" ]
}

@test "write past the end of a guarded block whose size is odd" {
  crime write_past_end guard=on 11
  [[ "$said" == "weir: "*" P: 16 bytes behind the end of a block of 300001 bytes; allocated by crimes+SITE" ]]
}

@test "one byte past an odd end is found when the block is freed" {
  crime one_past_end guard=on
  [ "$said" = "weir: free(P): overwritten 0 bytes behind the end of a block of 300001 bytes; allocated by crimes+SITE" ]
}

@test "one byte past the end of an aligned block is found when it is freed" {
  crime past_aligned_end guard=on
  [ "$said" = "weir: free(P): overwritten 0 bytes behind the end of a block of 300000 bytes; allocated by crimes+SITE" ]
}

@test "free of an interior pointer of a guarded block" {
  crime odd_free guard=on
  [ "$said" = "weir: free(P): points 17 bytes into a block of 3000000 bytes that starts at P; allocated by crimes+SITE" ]
}

@test "a site can be looked up" {
  command -v addr2line || skip "no addr2line"
  run --separate-stderr under stats=off,quarantine=16M "$WEIR_BUILDDIR/tests/victims/crimes" double_free
  site=$(sed 's/.*freed by crimes+//' <<<"${stderr_lines[0]}")
  [ "$(addr2line -f -e "$WEIR_BUILDDIR/tests/victims/crimes" "$site" | head -n 1)" = double_free ]
}

@test "the host's own handler is called, after the line" {
  for options in quarantine=16M guard=on; do
    run --separate-stderr under "stats=off,$options" "$WEIR_BUILDDIR/tests/victims/crimes" \
      "$([ $options = guard=on ] && echo read_past_end || echo read_after_free)" handler
    [ "$status" -eq 7 ]
    [ "$output" = "the host's own handler" ]
    [[ "${stderr_lines[0]}" == *" a block of 3000000 bytes"* ]]
  done
}

@test "faults that are not weir's, and signals that were sent, are the host's as ever" {
  for name in strange_fault sent_signal; do
    run --separate-stderr under stats=off,quarantine=16M "$WEIR_BUILDDIR/tests/victims/crimes" $name
    [ "$status" -eq 139 ]
    [[ "$stderr" != *weir* ]]
    run --separate-stderr under stats=off,guard=on "$WEIR_BUILDDIR/tests/victims/crimes" $name handler
    [ "$status" -eq 7 ]
    [[ "$stderr" != *weir* ]]
  done
}

@test "a handler of SIGSEGV with one of the options only" {
  run under stats=off "$WEIR_BUILDDIR/tests/victims/crimes" handler
  [ "$output" = "still here" ]
  for options in quarantine=16M guard=on; do
    run under "stats=off,$options" "$WEIR_BUILDDIR/tests/victims/crimes" handler
    [ "$output" = $'a handler\nstill here' ]
  done
}

@test "the innocent are left alone" {
  for options in enabled guard=on quarantine=16M guard=on,quarantine=16M,floor=4K; do
    run --separate-stderr under "$options" "$WEIR_BUILDDIR/tests/victims/crimes" innocent
    [ "$status" -eq 0 ]
    [ "$output" = "still here" ]
    [ -z "$stderr" ]
    adds_up
  done
}

@test "semantics and random operations under both options" {
  for options in guard=on quarantine=16M guard=on,quarantine=16M,floor=4K,decay_ms=5; do
    under "$options" "$GUESTS/semantics"
    adds_up
    under "$options" "$GUESTS/stress" 4 1500 5
    adds_up
  done
}

@test "fork and threads under both options" {
  timeout 120 env LD_PRELOAD="$SHIM" WEIR_OPTIONS="stats=off,guard=on,quarantine=8M" "$GUESTS/storms" fork
}
