#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# simdutf-arm64.sh SIMDUTF: the encoders for 64-bit ARM beside simdutf's, whose sources are in that folder: how many
# instructions each executes, counted under qemu-user. They are no time: a processor does several at once.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
simdutf=$(cd "$1" && pwd)
host=aarch64-linux-gnu
for need in $host-g++ qemu-aarch64; do
  command -v "$need" >/dev/null || { echo "simdutf-arm64.sh: no $need here (Debian: g++-$host libc6-dev-arm64-cross qemu-user)" && exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
if ! { "$top/configure" --host=$host && make -s -j"$(nproc)" libencode.a libpool.a libpolicy.a; } >build.log 2>&1; then
  tail -n 20 build.log
  exit 1
fi
${CC:-cc} -O2 -shared -fPIC -o count_insns.so "$top/bench/count_insns.c"
$host-g++ -O3 -std=c++17 -I"$simdutf/include" -I"$simdutf/src" -I"$top/include" -o simdutf_bench \
  "$top/bench/simdutf_bench.cc" "$simdutf/src/simdutf.cpp" libencode.a libpool.a libpolicy.a -pthread
qemu-aarch64 -L /usr/$host -plugin ./count_insns.so ./simdutf_bench neon
