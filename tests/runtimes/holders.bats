#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who holds memory in each way that there is (programs/holders.cjs), by heap snapshots of each Node here, and whose line
# allocated it.

load runtimes

nodes='node node18 node21 node22 node23 node24 node25 node26'

# each_node: runs the words with each Node.
each_node() {
  local tested=0
  for name in $nodes; do
    is_here "$name" || continue
    use "$name"
    tested=$((tested + 1))
    echo "# $name"
    "$@" || return
  done
  [ $tested -gt 0 ] || skip "no Node here"
}

setup() {
  command -v jq >/dev/null || skip "no jq"
  cd "$BATS_TEST_TMPDIR" || return
}

# way BYTES PATTERN [COUNT]: of the objects of that size some are held by that way, so many.
way() {
  jq -re --argjson size "$1" --arg way "$2" --argjson count "${3:-1}" '
    [.groups[] | select(.kind == "ArrayBuffer" and .most_bytes == $size)]
    | if map(select(.way // "" | test($way)) | .count) | add == $count then "\($size)"
      else error("\($size): \(map("\(.count) \(.way)"))") end' said.json >/dev/null
}

known_holders() {
  "$exe" "$programs/holders.cjs" "$PWD/app.heapsnapshot" || return
  "$weir" holders --json --top=10000 app.heapsnapshot >said.json || return
  way 1000001 'cache \(Map\) -> table -> \[\] \(Buffer\) -> buffer \(ArrayBuffer\)' 5 &&
    way 1000002 'reader \(function reader\) -> context -> hidden \(Buffer\)' &&
    way 1000003 'bus \(EventEmitter\) -> \._events \(Object\) -> \.tick \(function onTick\) -> context -> ' &&
    way 1000004 'Timeout.*_onTimeout \(function poll\) -> context -> ' &&
    way 1000005 '^global -> \.globalList \(Array\) -> \[\] \(Buffer\)' 4 &&
    way 1000006 'lru \(Lru\) -> \.newest \(Object\) -> (\.older \(Object\), again and again -> )?\.value \(Buffer\)' 50 &&
    way 1000007 '(whole|slices).*Buffer' &&
    way 1000008 'weakKey \(Object\) -> \(as key of a WeakMap\) \(Buffer\)' &&
    way 1000009 '\.release \(function\).*Promise.*Generator' &&
    way 1000010 'byName \(Object\) -> \[any key\] \(Buffer\)' 20 &&
    way 1000011 'session \(Session\) -> \.#secret \(Buffer\)' &&
    jq -e '[.groups[] | select(.most_bytes == 1000007)][0].views == 13' said.json >/dev/null &&
    jq -e '[.groups[] | select(.kind == "external string" and (.way | test("texts \\(Set\\) -> table -> \\[\\]")))]
      | length == 1 and .[0].count == 3' said.json >/dev/null
}

@test "what is held is found by the way that holds it, in every Node" {
  each_node known_holders
}

known_most() {
  "$exe" -e '
    const { writeHeapSnapshot } = require("v8");
    class Session { constructor(id) { this.id = id; this.marks = Array.from({ length: 90 }, (_, i) => ({ i, id })); } }
    globalThis.app = { sessions: new Map(), rows: [] };
    for (let i = 0; i < 2000; i++) app.sessions.set(`s${i}`, new Session(i));
    writeHeapSnapshot("objects.heapsnapshot");
    app.sessions.clear();
    for (let i = 0; i < 20000; i++) app.rows.push(Array.from({ length: 50 }, (_, k) => i * k + 0.5));
    writeHeapSnapshot("numbers.heapsnapshot");' || return
  "$weir" holders --json objects.heapsnapshot >said.json &&
    jq -e '(.most.way | test("sessions \\(Map\\)( -> table)?$")) and .most.bytes > 0.7 * .most.of_bytes
      and (.groups[0] | .estimated and .count > 174000 and .count < 186000)' said.json >/dev/null &&
    "$weir" holders numbers.heapsnapshot >said.text &&
    grep -Eq '^Most of it hangs on one object: .* behind 20,000 Array$' said.text &&
    "$weir" holders --json numbers.heapsnapshot | jq -e '(.most.way | test("rows \\(Array\\)$")) and .most.next == "Array"
      and .most.next_count == 20000 and .most.next_count_at_least == false' >/dev/null || {
    head -n 20 said.text
    jq -c .most said.json
    return 1
  }
}

@test "what most of V8's heap hangs on is said first, also of objects and numbers without any buffer" {
  each_node known_most
}

lines_of_known() {
  with_weir "$exe" "$programs/holders.cjs" "$PWD/app.heapsnapshot" || return
  ask holders.cjs:15 && jq -e '.line_linked and (.groups | length == 1) and
    (.groups[0] | .count == 5 and .link == "size" and .link_sure and .line_blocks == 5 and
      (.way | test("cache \\(Map\\)")))' said.json >/dev/null || return
  # One line with blocks of seven sizes.
  ask programs/holders.cjs:9 && jq -e '.groups | length == 7 and (map(.link_sure) | all)' said.json >/dev/null || return
  # Strings: by their size where the snapshot has it, else by their type, and then it is not sure.
  ask holders.cjs:75:69 && jq -e '.groups[0] | .kind == "external string" and .count == 3 and
    (.link == "size" or (.link == "type" and .link_sure == false))' said.json >/dev/null
}

ask() {
  "$weir" holders --json --sidecar="$(echo "$sidecars"/*.weir)" app.heapsnapshot "$1" >said.json
}

@test "the line that allocated it is named with it, and how that is known" {
  each_node lines_of_known
}

@test "a line whose blocks are of several sizes is not said to have the one that is known" {
  is_here node || skip "no node here"
  use node
  cat >sizes.cjs <<'JS'
const held = [];
const keep = (n) => held.push(Buffer.alloc(n, 1));
const once = () => keep(300035);
once();
for (let i = 0; i < 60; i++)
  keep(300034 + i % 2);
require('v8').writeHeapSnapshot('sizes.heapsnapshot');
JS
  "$weir" run --stats="$PWD/sizes.weir" -- "$exe" sizes.cjs
  run "$weir" holders --sidecar="$PWD/sizes.weir" sizes.heapsnapshot
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output =~ "allocated at keep "[^:]*"sizes.cjs:2:"[0-9]+": 1 live block of 300,035 bytes" ]]
  [[ $output =~ "and 60 more live blocks there of several sizes, 300,03"[45]" bytes on the average, which the others may be of" ]]
  [[ $output != *"than the line has"* ]]
}

@test "Node's own name of a snapshot leads to the process's sidecar" {
  use node
  mkdir -p "$XDG_RUNTIME_DIR/weir"
  "$weir" run -- "$exe" -e '
    globalThis.kept = Array.from({ length: 3 }, () => Buffer.alloc(3000001, 1));
    require("v8").writeHeapSnapshot()' </dev/null >/dev/null 3>&-
  run "$weir" holders Heap.*.heapsnapshot '[eval]:2'
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"3 ArrayBuffers, 8.6 MB, 3,000,001 bytes each"* ]]
  [[ $output == *"global -> .kept (Array) -> [] (Buffer)"* ]]
}

# As weir's own snapshots have them: a number in a field whose edge has no name.
@test "a way does not end in nothing" {
  command -v jq >/dev/null || skip "no jq"
  jq -nc '30000 as $n | [range($n)] as $all | {
    snapshot: {
      meta: {
        node_fields: ["type", "name", "id", "self_size", "edge_count", "detachedness"],
        node_types: [["hidden", "array", "string", "object", "code", "closure", "regexp", "number", "native", "synthetic",
          "concatenated string", "sliced string", "symbol", "bigint", "object shape"], "string", "number", "number",
          "number", "number"],
        edge_fields: ["type", "name_or_index", "to_node"],
        edge_types: [["context", "element", "property", "internal", "hidden", "shortcut", "weak"], "string_or_number",
          "node"]
      },
      node_count: ($n + 3), edge_count: ($n + 2), trace_function_count: 0
    },
    nodes: ([9, 0, 1, 0, 1, 0, 3, 1, 3, 100, 1, 0, 3, 3, 5, 100, $n, 0] + [$all[] | 7, 0, 7 + 2 * ., 64, 0, 0]),
    edges: ([1, 1, 6, 2, 2, 12] + [$all[] | 4, ., 6 * (3 + .)]),
    trace_function_infos: [], trace_tree: [], samples: [], locations: [],
    strings: ["", "Global", "app", "App"]
  }' >numbers.heapsnapshot
  "$weir" holders --json numbers.heapsnapshot | jq -e '.groups[0] | .count == 30000 and (.way | endswith(".app (App) -> (number)"))'
}
