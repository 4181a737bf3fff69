#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A V8 that is not as weir knows it: copies of Node whose exported constants are renamed or changed. Each must
# lose its tier and say why, and no line may be called exact that is not.

load runtimes
bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_TMPDIR" || return
}

# renamed NODE TEXT NEW: ./patched, with one text of its symbols replaced by another of the same length.
renamed() {
  use "$1"
  [ "${#2}" -eq "${#3}" ]
  LC_ALL=C sed "s/$2/$3/g" "$exe" >patched
  chmod +x patched
}

# changed NODE SYMBOL VALUE: ./patched, with a number of V8's replaced; below 128.
changed() {
  local at segment
  use "$1"
  cp --reflink=auto "$exe" patched
  at=$(nm -D "$exe" | awk -v name="$2" '$3 == name { print $1 }')
  segment=$(readelf -lW "$exe" | awk '$1 == "LOAD" { print $2, $3, $5 }' | while read -r file address size; do
    [ $((0x$at)) -lt $((address)) ] || [ $((0x$at)) -ge $((address + size)) ] ||
      echo $((0x$at - address + file))
  done)
  printf "\\$(printf %03o "$3")" | dd of=patched bs=1 seek="$segment" conv=notrunc status=none
}

# growth FLAG...: the lines program under it; what weir makes of it in growth.json.
growth() {
  rm -f "$sidecars"/*
  with_weir ./patched "$@" "$programs/lines.cjs" counts.json 60 >said 2>&1 || true
  "$weir" growth --json --top=0 --by=stack --no-files "$sidecars"/*.weir >growth.json
}

# No line of the program has more exact blocks than it counted.
none_wrong() {
  jq -e --slurpfile counts counts.json '
    ([.sites[] | .alloc_count as $n
      | [.stack[] | select(.file != null and (.file | endswith("lines.cjs")) and .exact_line).line] | unique[]
      | {line: tostring, $n}]
      | group_by(.line) | map({key: .[0].line, value: (map(.n) | add)}) | from_entries) as $got
    | $counts[0] | to_entries | all(($got[.key] // 0) <= .value)' growth.json
}

@test "without the lengths of its bytecodes: baseline code has no exact lines, and it is said" {
  renamed node22 14kBytecodeSizesE 14kBytecodeSizezE
  growth --no-opt --always-sparkplug
  jq -e '.trace.tier == "v8-partly" and (.trace.tier_reason | contains("--no-sparkplug"))' growth.json
  none_wrong
  jq -e '[.sites[].stack[] | select(.file != null and (.file | endswith("lines.cjs"))) | .exact_line | not] | any' \
    growth.json
  run -0 "$weir" growth --no-files "$sidecars"/*.weir
  [[ $output == *v8-partly*--no-sparkplug* ]]
  "$weir" report -o page.html "$sidecars"/*.weir
  grep -q 'v8-partly.*--no-sparkplug' page.html
  # As it says: then they are exact.
  growth --no-opt --no-sparkplug
  none_wrong
  jq -e '[.sites[].stack[] | select(.file != null and (.file | endswith("lines.cjs"))) | .exact_line] | all' growth.json
}

@test "bytecode elsewhere: the self-test fails, and no line is exact" {
  changed node24 v8dbg_class_BytecodeArray__data__uintptr_t 72
  growth
  jq -e '.trace.tier == "v8-partly" and (.trace.tier_reason | startswith("self-test failed"))' growth.json
  jq -e '[.sites[].stack[] | .exact_line] | any | not' growth.json
  jq -e '[.sites[] | select(.function == "outer" or .function == "straight")] | length > 0' growth.json
}

@test "names elsewhere: the self-test fails, and there are no frames of JavaScript" {
  changed node24 v8dbg_class_Script__name__Object 24
  growth
  jq -e '.trace.tier == "native" and (.trace.tier_reason | startswith("self-test failed"))' growth.json
}

@test "a V8 that cannot be asked for its collections: nothing is remembered by address" {
  renamed node22 16RequestInterruptE 16RequestInterrupzE
  cat >stale.cjs <<'JS'
const vm = require('node:vm');
const sink = [];
const counts = {};
(async () => {
	for (let r = 0; r < 120; r++) {
		const name = `virtual-${r}.js`;
		let f = vm.runInThisContext('\n'.repeat(r % 50) + `(function fn${r}(sink, n) { sink[0] = Buffer.alloc(n); return ${r}; })`,
			{ filename: name });
		for (let k = 0; k < 3; k++)
			f(sink, 200000);
		counts[`fn${r} ${name}`] = 3;
		f = null;
		await new Promise((resolve) => setTimeout(resolve, 1));
		gc();
	}
	require('node:fs').writeFileSync('counts.json', JSON.stringify(counts));
	setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2500);
})();
JS
  with_weir ./patched --expose-gc stale.cjs >said 2>&1 || true
  "$weir" growth --json --top=0 --no-files "$sidecars"/*.weir >growth.json
  jq -e '.trace.gc_known | not' growth.json
  jq -e --slurpfile counts counts.json '[.sites[] | select(.function | startswith("fn"))]
    | length > 100 and all(.alloc_count <= $counts[0]["\(.function) \(.file)"])' growth.json
}

@test "a line of the definition is marked in every view" {
  changed node24 v8dbg_class_BytecodeArray__data__uintptr_t 72
  growth
  run -0 "$weir" growth --no-files "$sidecars"/*.weir
  [[ $output == *" straight "*lines.cjs:~* ]]
  [ -z "$(grep -E 'lines.cjs:[0-9]' <<<"$output")" ]
  jq -e '[.sites[] | select(.function == "straight") | .exact_line == false and .line > 0] | any and all' growth.json
  for format in folded openmetrics; do
    "$weir" export --format=$format "$sidecars"/*.weir >exported
    grep -qE 'straight .*lines.cjs:~[0-9]+' exported
    [ -z "$(grep -E 'lines.cjs:[0-9]' exported)" ]
  done
  "$weir" report -o page.html "$sidecars"/*.weir
  grep -qF 'lines.cjs:~' page.html
}
