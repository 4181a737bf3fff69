#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is built here starts with the C library of where it is used: pool/old_libc.h.

load repo

@test "the libraries ask for nothing that came after glibc 2.28" {
  for library in libweir_preload.so libweir_attach.so libweir.so.0; do
    file=$WEIR_BUILDDIR/$library
    [ -e "$file" ] || skip "not built here"
    versions=$(readelf -W --version-info "$file" | grep -oE 'GLIBC_[0-9.]+' | sort -uV)
    echo "$library:" $versions
    [ -n "$versions" ]
    [ "$(printf '%s\nGLIBC_2.28\n' "$versions" | sort -V | tail -n 1)" = GLIBC_2.28 ]
  done
}

@test "shim and library under the C library of Debian 11" {
  [ -e "$WEIR_BUILDDIR/libweir_preload.so" ] || skip "not built here"
  # shellcheck source=scripts/runtimes.sh
  . "$WEIR_SRCDIR/scripts/runtimes.sh"
  run "$WEIR_SRCDIR/scripts/check-glibc" bullseye "$(runtimes_dir)/glibc-bullseye"
  echo "$output"
  [ "$status" -ne 77 ] || skip "${lines[-1]}"
  [ "$status" -eq 0 ]
}
