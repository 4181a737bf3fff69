# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# Sourced by what builds with musl.

# musl_cc FOLDER: the compiler, with the kernel's headers in FOLDER, but none of glibc's beside them (Alpine:
# linux-headers).
musl_cc() {
  mkdir -p "$1"
  ln -sfn /usr/include/linux "$1/linux"
  ln -sfn /usr/include/asm-generic "$1/asm-generic"
  ln -sfn "/usr/include/$(uname -m)-linux-gnu/asm" "$1/asm"
  echo "musl-gcc -isystem $1"
}
