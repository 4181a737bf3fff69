#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A Node that ends frees all it has; what it held before is on record to the byte, however short it was, also right after
# a collection, whose garbage is none of it.

load runtimes

setup() {
  command -v jq >/dev/null || skip "no jq"
  cd "$BATS_TEST_TMPDIR" || return
}

kept='globalThis.kept = Array.from({ length: 3 }, () => Buffer.alloc(3000001, 1));'

# held PROGRAM: bytes of each line that were live before the exit, largest first.
held() {
  rm -f "$sidecars"/*
  with_weir "$exe" --expose-gc -e "$1" || return
  "$weir" growth --json --top=0 --no-files "$sidecars"/*.weir |
    jq -c '[.sites[] | select(.live_bytes > 0 and (.name | test("eval"))) | [.line, .live_bytes]]'
}

@test "what was held before the exit is on record, to the byte, in every Node" {
  local tested=0 name
  for name in node node18 node22 node24 node26; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    echo "# $name"
    [ "$(held "$kept")" = '[[1,9000003]]' ]
    [ "$(held "$kept"' gc()')" = '[[1,9000003]]' ]
    [ "$(held "$kept"'
      for (let i = 0; i < 40; i++) Buffer.alloc(1000001, 1);
      gc()')" = '[[1,9000003]]' ]
    [ "$(held '{ '"$kept"' } kept = null; gc(); setTimeout(() => {}, 50)')" = '[]' ]
  done
  [ $tested -gt 0 ] || skip "no Node here"
}
