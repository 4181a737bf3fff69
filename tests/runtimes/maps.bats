#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Source maps on real programs: whose code it is, and lines that are of no file.

load runtimes

setup() {
  cd "$BATS_TEST_TMPDIR" || return
}

# blamed: the largest site that ever was: name and whether its line is exact.
blamed() {
  "$weir" growth --json --top=0 "$sidecars"/*.weir |
    jq -r '[.sites[] | select(.alloc_bytes > 25000000)][0] | "\(.function) \(.file | split("/")[-1]) \(.line) \(.exact_line)"'
}

@test "a dependency's map that points out of node_modules does not make it the program's" {
  use node
  mkdir -p node_modules/pixels
  printf '%s\n' 'exports.make = function make(n) {' '	return Buffer.alloc(n);' '};' \
    '//# sourceMappingURL=index.js.map' >node_modules/pixels/index.js
  echo '{"version":3,"sources":["../../../../elsewhere/alloc.ts"],"names":[],"mappings":"AAAA;AACA;AACA"}' \
    >node_modules/pixels/index.js.map
  printf '%s\n' "const { make } = require('pixels');" 'function prepare() { return make(300000); }' \
    'for (let i = 0; i < 100; i++) prepare();' >app.js
  sleep 0.1
  with_weir "${runtime[@]}" app.js
  [ "$(blamed)" = 'prepare app.js 2 true' ]
}

@test "what a package's WebAssembly calls is blamed on who called the package" {
  mkdir -p node_modules/glue
  cp "$programs/glue.cjs" node_modules/glue/index.js
  printf '%s\n' "const { run } = require('glue');" 'function work() {' '	run(300000);' '}' \
    'for (let i = 0; i < 100; i++) work();' >app.js
  for name in node node18 node21 node22 node23 node24 node25 node26; do
    is_here "$name" || continue
    use "$name"
    tested=yes
    with_weir "${runtime[@]}" app.js
    echo "# $name $(blamed)"
    [ "$(blamed)" = 'work app.js 3 true' ]
    # The exported function is called as V8's own traces call it; the Wasm below it has no name.
    [ "$("$weir" growth --json --top=0 --by=stack "$sidecars"/*.weir |
      jq '[.sites[].stack[] | select(.file != null and (.file | startswith("wasm://"))) | .function] | unique - ["wasm-function[2]"] | length')" -eq 0 ]
  done
  [ -n "${tested-}" ] || skip "no Node here"
}

@test "a line of what a loader made of a file is not shown as the file's" {
  local tested=0
  printf '%s\n' 'enum Kind { A = 1, B }' 'const kept: Buffer[] = [];' '' '' 'function remember(kind: Kind): void {' \
    '	kept.push(Buffer.alloc(300_000 + kind));' '}' 'for (let i = 0; i < 100; i++) remember(Kind.B);' >made.ts
  printf '%s\n' 'interface X { a: number }' 'function remember(kind: number): Buffer {' \
    '	return Buffer.alloc(300_000 + kind);' '}' 'for (let i = 0; i < 100; i++) remember(1);' >stripped.ts
  for name in node22 node24; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    with_weir "${runtime[@]}" --experimental-transform-types made.ts 2>/dev/null
    [ "$(blamed)" = 'remember made.ts null false' ]
    "$weir" growth --stacks=3 "$sidecars"/*.weir | grep -E 'remember .*made.ts:\?'
    own_folders
    with_weir "${runtime[@]}" --experimental-strip-types stripped.ts 2>/dev/null
    [ "$(blamed)" = 'remember stripped.ts 3 true' ]
  done
  [ $tested -gt 0 ] || skip "no Node here that makes JavaScript of TypeScript"
}
