#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# libweir as others link it: what it exports, what it needs, whose pool it uses.

bats_require_minimum_version 1.5.0
: "${WEIR_SRCDIR:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${WEIR_BUILDDIR:=$WEIR_SRCDIR/build}"

setup() {
  library=$WEIR_BUILDDIR/libweir.so
  [ -e "$library" ] || skip "this build has no shared libweir"
  cd "$BATS_TEST_TMPDIR" || return
  unset WEIR_OPTIONS
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR
}

# The program with the library of this build, as anyone would compile it.
build_user() {
  gcc -std=c11 -Wall -Wextra -Werror -I"$WEIR_SRCDIR/include" -o user \
    "$WEIR_SRCDIR/tests/encode/scratch_user.c" -L"$WEIR_BUILDDIR" -lweir \
    -Wl,-rpath,"$WEIR_BUILDDIR" || skip "this build links only with its own flags"
}

@test "it exports what the public headers declare, and nothing else" {
  cat "$WEIR_SRCDIR"/include/weir/{encode,scratch}.h >headers
  [ ! -e "$WEIR_SRCDIR/include/weir/bytes.h" ] || cat "$WEIR_SRCDIR/include/weir/bytes.h" >>headers
  sed -E '/^typedef/d;/^(static|#define)/,/^}|[^\\]$/d' headers | grep -oE '\bweir_[a-z0-9_]+\(' | tr -d '(' | sort -u >declared
  nm -D --defined-only "$library" | awk '$3 !~ /^(__)?(sanitizer|sancov|st(art|op)___)/ { print $3 }' | sort >exported
  [ "$(wc -l <exported)" -ge 20 ]
  diff declared exported
}

@test "alone, it has a pool of its own" {
  build_user
  ./user
}

@test "the examples work: a C program, and Bun by FFI" {
  gcc -Wall -Wextra -Werror -I"$WEIR_SRCDIR/include" -o mail "$WEIR_SRCDIR/examples/encoders/mail.c" \
    -L"$WEIR_BUILDDIR" -lweir -Wl,-rpath,"$WEIR_BUILDDIR" ||
    skip "this build links only with its own flags"
  head -c 50001 /dev/urandom >bytes
  base64 -w 76 bytes | sed 's/$/\r/' | ./mail | cmp - <(base64 -w 64 bytes)
  run --separate-stderr ./mail <<<'Zm9v*'
  [ "$status" -eq 1 ]
  [ "$output" = Zm9v ]
  [ "$stderr" = "not base64 from offset 4 on" ]
  . "$WEIR_SRCDIR/scripts/runtimes.sh"
  bun=$(runtimes_dir)/bun/exe
  [ -x "$bun" ] || skip "no bun: scripts/fetch-runtimes fetches it"
  "$bun" "$WEIR_SRCDIR/examples/encoders/hex.bun.js" "$library" bytes 3>&- | cmp - <(basenc --base16 -w0 bytes | tr A-F a-f)
}

# node_example NODE: the add-on's Buffer holds what it should, with the shim and without.
node_example() {
  node=$1
  headers=$(dirname "$(readlink -f "$node")")/../include/node
  [ -e "$headers/node_api.h" ] || headers=/usr/include/node
  [ -e "$headers/node_api.h" ] || skip "no node_api.h beside $node"
  gcc -shared -fPIC -Wall -Wextra -Werror -I"$headers" -I"$WEIR_SRCDIR/include" -o weir_node.node \
    "$WEIR_SRCDIR/examples/encoders/weir_node.c" -L"$WEIR_BUILDDIR" -lweir \
    -Wl,-rpath,"$WEIR_BUILDDIR" || skip "this build links only with its own flags"
  head -c 3000001 /dev/urandom >bytes
  "$node" "$WEIR_SRCDIR/examples/encoders/hex.node.js" weir_node.node bytes 3>&- |
    cmp - <(basenc --base16 -w0 bytes | tr A-F a-f)
  shim=$WEIR_BUILDDIR/libweir_preload.so
  [ -e "$shim" ] || return 0
  LD_PRELOAD=$shim WEIR_OPTIONS=stats=$PWD/node.weir "$node" \
    "$WEIR_SRCDIR/examples/encoders/hex.node.js" weir_node.node bytes 3>&- |
    cmp - <(basenc --base16 -w0 bytes | tr A-F a-f)
  "$WEIR_BUILDDIR/weir" stat --json node.weir >node.json
  jq -e '.counters.scratch_gets >= 1' node.json
}

@test "the example works in the system's Node, by Node-API" {
  command -v node || skip "no node in PATH"
  node_example "$(command -v node)"
}

@test "the example works in Node 26" {
  . "$WEIR_SRCDIR/scripts/runtimes.sh"
  [ -x "$(runtimes_dir)/node26/exe" ] || skip "no node26: scripts/fetch-runtimes fetches it"
  node_example "$(runtimes_dir)/node26/exe"
}

@test "isa= chooses the instruction set, and a wrong one is passed over" {
  build_user
  [ "$(WEIR_OPTIONS=isa=scalar ./user)" = scalar ]
  [ "$(WEIR_OPTIONS=isa=nonsense ./user)" = "$(./user)" ]
}

@test "under the preload, its scratch blocks are the shim's" {
  shim=$WEIR_BUILDDIR/libweir_preload.so
  [ -e "$shim" ] || skip "this build has no shim"
  build_user
  LD_PRELOAD=$shim WEIR_OPTIONS=stats=$PWD/user.weir ./user 3>&-
  "$WEIR_BUILDDIR/weir" stat --check user.weir
  "$WEIR_BUILDDIR/weir" stat --json user.weir >user.json
  jq -e '.counters.scratch_gets == 500 and .counters.scratch_puts == 500' user.json
}
