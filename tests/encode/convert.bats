#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir encode` and `weir decode`, beside the tools that people use now.

bats_require_minimum_version 1.5.0
: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"
weir=$WEIR_BUILDDIR/weir

setup() {
  cd "$BATS_TEST_TMPDIR" || return
  unset WEIR_OPTIONS
  # More than a piece, and no multiple of anything.
  head -c 700001 /dev/urandom >bytes
}

@test "encode gives what base64, basenc and xxd give" {
  command -v xxd || skip "no xxd in PATH"
  for columns in 0 1 64 76 77; do
    "$weir" encode base64 --wrap $columns bytes | cmp - <(base64 -w $columns bytes)
  done
  "$weir" encode base64url bytes | cmp - <(basenc --base64url -w0 bytes | tr -d =)
  xxd -p bytes >wanted
  "$weir" encode hex --wrap=60 <bytes | cmp - wanted
}

@test "the benchmark beside base64, basenc and xxd runs, and finds the same bytes" {
  command -v xxd || skip "no xxd in PATH"
  "$WEIR_SRCDIR/bench/commands.sh" "$weir" 1 3 >rows
  [ "$(grep -c ' times$' rows)" -eq 9 ]
  printf '#!/bin/sh\n"%s" "$@"; echo more\n' "$weir" >wrong
  chmod +x wrong
  run "$WEIR_SRCDIR/bench/commands.sh" ./wrong 1 3
  [ "$status" -eq 1 ]
  [[ $output == *"weir encode base64 --wrap 76 bytes: not what base64 -w 76 bytes gives" ]]
}

@test "decode undoes encode, in every codec of bytes, and wrapped" {
  for codec in hex base64 base64url; do
    "$weir" encode $codec --wrap 76 bytes >text
    "$weir" decode $codec text | cmp - bytes
    "$weir" decode $codec --dialect mime - <text | cmp - bytes
    "$weir" encode $codec bytes | "$weir" decode $codec --dialect rfc4648 | cmp - bytes
  done
}

@test "text kinds: as iconv does" {
  printf 'a\u00e9\u20ac\U0001f600z' >text
  iconv -f utf-8 -t utf-16le text >units
  "$weir" decode utf16le text | cmp - units
  "$weir" encode utf16le units | cmp - text
  "$weir" encode latin1 bytes | cmp - <(iconv -f latin1 -t utf-8 bytes)
}

@test "pieces of any size arrive whole" {
  { for n in 1 2 3 5 7 11; do head -c $n bytes; sleep 0.02; done; } | "$weir" encode base64 >text
  { for n in 1 2 3 5 7 11; do head -c $n bytes; done; } | base64 -w0 | cmp - text
}

@test "a source of any size takes no more memory than a small one" {
  # Address space, not residence: it must not even ask for it.
  (ulimit -v 60000 && "$weir" encode hex bytes | cmp - <(xxd -p -c 0 bytes | tr -d '\n')) || skip "this build needs more"
  (ulimit -v 60000 && head -c 300M /dev/zero | "$weir" encode base64 --wrap 76 | "$weir" decode base64) |
    cmp - <(head -c 300M /dev/zero)
}

@test "long work says on a terminal how far it is, and leaves nothing there" {
  command -v script || skip "no script in PATH"
  script -qec "(head -c 600000 bytes; sleep 1.3; cat bytes; sleep 0.3; cat bytes) | '$weir' encode hex >text" typescript >shown
  grep -q 'encoded: [0-9.]* [KM]B' typescript
  grep -q $'\r\033\[K' typescript
  [ "$(wc -c <text)" -eq $((2 * (600000 + 2 * 700001))) ]
  # None of it where nobody looks.
  (head -c 600000 bytes; sleep 1.3; cat bytes) | "$weir" encode hex 2>messages >text
  [ ! -s messages ]
}

@test "invalid text: what was good is written, then the place, and status 1" {
  head -c 300000 bytes | base64 -w0 >text
  printf '%s' '*' >>text
  run --separate-stderr "$weir" decode base64 text
  [ "$status" -eq 1 ]
  [ "$stderr" = 'weir: text: offset 400000: "*" does not belong in base64 text (whatwg)' ]
  "$weir" decode base64 text 2>/dev/null | cmp - <(head -c 300000 bytes)
  run --separate-stderr "$weir" decode hex --dialect rfc4648 <<<'00ff'
  [ "$status" -eq 1 ]
  [ "$stderr" = 'weir: standard input: offset 4: 0x0a does not belong in hex text (rfc4648)' ]
  run --separate-stderr "$weir" decode hex <<<'00f'
  [ "$status" -eq 1 ]
  [ "$stderr" = 'weir: standard input: offset 4: the hex text ends in the middle of a group (whatwg)' ]
  run --separate-stderr "$weir" decode base64 --dialect=rfc4648 < <(printf 'Zh==')
  [ "$status" -eq 1 ]
  [ "$stderr" = 'weir: standard input: offset 1: the last character has bits that mean nothing (rfc4648)' ]
}

@test "nothing in, nothing out" {
  for codec in hex base64 utf8; do
    [ "$("$weir" encode $codec --wrap 0 /dev/null | wc -c)" -eq 0 ]
    [ "$("$weir" decode $codec /dev/null | wc -c)" -eq 0 ]
  done
}

@test "what cannot be meant is told, with status 2" {
  for arguments in '' 'base32' 'hex --wrap x' 'hex --wrap -1' 'hex a b' 'utf8 --wrap 5' 'hex --dialect node'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr "$weir" encode $arguments
    [ "$status" -eq 2 ]
    [[ $stderr == weir:* ]]
  done
  run --separate-stderr "$weir" decode hex --dialect xml
  [ "$status" -eq 2 ]
}

@test "a file that is not there, an output that is full: status 1" {
  run --separate-stderr "$weir" encode hex nowhere
  [ "$status" -eq 1 ]
  [ "$stderr" = 'weir: cannot open nowhere: No such file or directory' ]
  run --separate-stderr bash -c '"$1" encode hex bytes >/dev/full' - "$weir"
  [ "$status" -eq 1 ]
  [[ $stderr == *'No space left on device'* ]]
}
