// SPDX-License-Identifier: Apache-2.0
// One function is optimised again and again, with another one inlined each time: between two collections its code
// lies where that of before lay. Counts for itself how often each line was on the stack of an allocation, as
// lines.cjs does. again.cjs COUNTS ROUNDS (--allow-natives-syntax --expose-gc --no-use-osr)
'use strict';
const fs = require('node:fs');
const [counts, rounds] = [process.argv[2], Number(process.argv[3] || 400)];
const n = {};
const kept = new Array(40);
let i = 0;
function allocate(line) {
	n[line] = (n[line] || 0) + 1;
	kept[i++ % 40] = new Uint8Array(140000);
}
%NeverOptimizeFunction(allocate);
function hot(f) { f(); }
const all = [
	function a() { allocate(18); },
	function b() { allocate(19); },
	function c() { allocate(20); },
	function d() { allocate(21); },
];
for (const f of all) {
	%PrepareFunctionForOptimization(f);
	for (let k = 0; k < 3; k++)
		f();
}
function round(f) {
	%ClearFunctionFeedback(hot);
	%PrepareFunctionForOptimization(hot);
	for (let k = 0; k < 3; k++)
		hot(f);
	%OptimizeFunctionOnNextCall(hot);
	for (let k = 0; k < 5; k++)
		hot(f);
	%DeoptimizeFunction(hot);
	gc();
	gc();
}
%NeverOptimizeFunction(round);
for (let r = 0; r < rounds; r++)
	round(all[r % 4]);
fs.writeFileSync(counts, JSON.stringify(n));
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2500);
