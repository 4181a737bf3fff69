#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# How fast `weir encode` and `weir decode` are beside base64, basenc and xxd: processor time, of
# user and system, of each program on the same file, in turns, medians. Run by `make bench-encode`;
# the arguments are the weir to measure, how many rounds, and MB (by three, for padding).
set -eu
weir=$(realpath "$1") rounds=${2:-5} megabytes=${3:-66}
TIMEFORMAT='%U %S'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
head -c "${megabytes}M" /dev/urandom >bytes
base64 -w 76 bytes >lines
xxd -p -c 38 bytes >hex

# seconds COMMAND...
seconds() {
  { time "$@" >/dev/null; } 2>&1 | awk '{ print $1 + $2 }'
}

median() {
  sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# row "WEIR'S ARGUMENTS" "THE OTHER COMMAND"
row() {
  local own=("$weir") other=()
  read -ra words <<<"$1"
  own+=("${words[@]}")
  read -ra other <<<"$2"
  cmp -s <("${own[@]}") <("${other[@]}") || { echo "weir $1: not what $2 gives" >&2; exit 1; }
  : >own.times
  : >other.times
  for ((i = 0; i < rounds; i++)); do
    seconds "${own[@]}" >>own.times
    seconds "${other[@]}" >>other.times
  done
  awk -v own="$(median own.times)" -v other="$(median other.times)" -v mb="$megabytes" -v a="weir $1" -v b="$2" \
    'BEGIN { own += own ? 0 : 5e-4 # the clock ticks in ms
      other += other ? 0 : 5e-4
      printf "%-36s %6.0f MB/s | %-32s %5.0f MB/s | %.1f times\n", a, mb / own, b, mb / other, other / own }'
}

echo "The command on $megabytes MB, in MB of the binary side for a second of processor time:"
row "encode base64 --wrap 76 bytes" "base64 -w 76 bytes"
row "encode base64 --wrap 0 bytes" "base64 -w 0 bytes"
row "encode hex --wrap 60 bytes" "xxd -p bytes"
basenc --base16 -w 0 bytes | tr A-F a-f >lower
row "decode hex lower" "xxd -r -p lower"
row "decode base64 lines" "base64 -d lines"
row "decode hex hex" "xxd -r -p hex"
row "encode base64url --wrap 0 bytes" "basenc --base64url -w 0 bytes"
basenc --base64url -w 0 bytes >url
row "decode base64url url" "basenc --base64url -d url"
tr a-f A-F <lower >upper
row "decode hex upper" "basenc --base16 -d upper"
