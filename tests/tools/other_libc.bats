#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# `weir run` and programs of another C library than its own library's: each gets the one that it starts with, or none.

load tools
setup() {
  own_environment
  harmless_shim
}

@test "a program of another C library runs with its environment as it was" {
  loader=$(readelf -lW /bin/true | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
  ln -s "$loader" ld-musl-x86_64.so.1
  echo 'int printf(const char *, ...); char *getenv(const char *);
    int main(void) { return printf("preload: %s\n", getenv("LD_PRELOAD") ? "set" : "none") < 0; }' >other.c
  gcc -w -o other other.c -Wl,--dynamic-linker="$PWD/ld-musl-x86_64.so.1"
  run -0 "$WEIR" run ./other
  has "preload: none"
  has "its loader is another C library's"
  run -0 "$WEIR" run --quiet ./other
  [ "$output" = "preload: none" ]
}

@test "a program of musl gets the shim that is built for musl, one of glibc the other" {
  unset WEIR_PRELOAD
  loader=$(readelf -lW /bin/true | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
  ln -s "$loader" ld-musl-x86_64.so.1
  echo 'int printf(const char *, ...); char *getenv(const char *); void *malloc(unsigned long);
    int main(void) { return printf("preload: %s\n", getenv("LD_PRELOAD")) < 0 || malloc(9) == 0; }' >other.c
  gcc -w -o musl_program other.c -Wl,--dynamic-linker="$PWD/ld-musl-x86_64.so.1"
  gcc -w -o glibc_program other.c
  # By what they need: the names of the C libraries.
  mkdir -p there/bin there/lib/weir/musl
  echo >empty.c
  gcc -shared -nostdlib -o libc.so -Wl,-soname,libc.so empty.c
  gcc -shared -nostdlib -o there/lib/weir/musl/libweir_preload.so empty.c -Wl,--no-as-needed ./libc.so
  gcc -shared -o there/lib/weir/libweir_preload.so -Wl,--no-as-needed empty.c
  cp "$(readlink -f "$WEIR_BUILDDIR/weir")" there/bin/weir
  export LD_LIBRARY_PATH=$PWD
  run -0 there/bin/weir run ./musl_program
  [ "$output" = "preload: $PWD/there/lib/weir/musl/libweir_preload.so" ]
  run -0 there/bin/weir run ./glibc_program
  [ "$output" = "preload: $PWD/there/lib/weir/libweir_preload.so" ]
  # That of a parent is no obstacle, and what else is preloaded is not lost.
  run -0 env LD_PRELOAD="x.so $PWD/there/lib/weir/musl/libweir_preload.so" there/bin/weir run ./glibc_program
  has "preload: x.so:$PWD/there/lib/weir/libweir_preload.so"
  # Where only the one for musl is, as in npm's package: programs of glibc are left alone.
  mv there/lib/weir/musl/libweir_preload.so there/lib/weir/
  run -0 there/bin/weir run ./musl_program
  [ "$output" = "preload: $PWD/there/lib/weir/libweir_preload.so" ]
  run -0 env LD_PRELOAD="$PWD/there/lib/weir/libweir_preload.so" there/bin/weir run ./glibc_program
  has "preload: (null)"
  run -0 there/bin/weir run ./glibc_program
  has "preload: (null)"
  has "its loader is another C library's"
}
