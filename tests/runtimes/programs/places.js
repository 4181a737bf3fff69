// SPDX-License-Identifier: Apache-2.0
// One large buffer, allocated through functions of all kinds: tests know each line and column of
// this file. Argument: how the functions are to be compiled (V8 needs --allow-natives-syntax).
'use strict';
const kept = [];
function leaf(bytes) {
	return new Uint8Array(bytes);
}
function middle(bytes) {
	const twice = bytes * 2;
	kept[0] = leaf(twice - bytes);
	return kept;
}
class Größe {
	static füllen(bytes) {
		return middle(bytes);
	}
}
const table = {};
table.entry = function (bytes) {
	return Größe.füllen(bytes);
};
const arrow = (bytes) => [1].map(() => table.entry(bytes));
function compile(how) {
	const native = (text) => new Function('f', `%${text}(f)`);
	for (const f of [leaf, middle]) {
		if (how === 'baseline')
			native('CompileBaseline')(f);
		else
			native('PrepareFunctionForOptimization')(f);
	}
	for (let i = 0; i < 100; i++)
		middle(10 + i);
	if (how === 'maglev')
		native('OptimizeMaglevOnNextCall')(middle);
	if (how === 'optimized')
		native('OptimizeFunctionOnNextCall')(middle);
	middle(10);
}
if (process.argv[2])
	compile(process.argv[2]);
async function main() {
	await null;
	arrow(20 << 20);
}
main();
