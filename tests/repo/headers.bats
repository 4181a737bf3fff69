#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A header stands on its own: public ones in C11 and C++17, with every compiler there is.

load repo

# compile_alone COMPILER STANDARD LANGUAGE HEADER
compile_alone() {
  "$1" -std="$2" -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
    -I"$WEIR_SRCDIR" -I"$WEIR_SRCDIR/include" -I"$WEIR_BUILDDIR" -x "$3" "$WEIR_SRCDIR/$4"
}

public_headers() {
  sources_like '^include/.*\.h$'
}

@test "public headers compile alone as C11" {
  [ "$(public_headers | wc -l)" -ge 2 ]
  for cc in gcc clang; do
    command -v $cc >/dev/null || continue
    for header in $(public_headers); do
      compile_alone $cc c11 c "$header"
    done
  done
}

@test "public headers compile alone as C++17" {
  compilers=0
  for cxx in g++ clang++; do
    command -v $cxx >/dev/null || continue
    compilers=$((compilers + 1))
    for header in $(public_headers); do
      compile_alone $cxx c++17 c++ "$header"
    done
  done
  [ $compilers -gt 0 ] || skip "no C++ compiler"
}

@test "inner headers compile alone" {
  for header in $(sources_like '^(policy|pool|trace|encode|preload|tools|tests|fuzz)/.*\.h$'); do
    gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wno-unused-function -Werror -fsyntax-only \
      -I"$WEIR_SRCDIR" -I"$WEIR_SRCDIR/include" -I"$WEIR_BUILDDIR" -x c "$WEIR_SRCDIR/$header"
  done
}
