// SPDX-License-Identifier: Apache-2.0
// What a package has beside its WebAssembly: a function that the Wasm calls allocates. run() goes through two functions
// of Wasm, inner and outer (1 and 2; 0 is the imported one).
'use strict';
const section = (id, bytes) => [id, bytes.length, ...bytes];
const text = (s) => [s.length, ...Buffer.from(s)];
const call = (k) => [6, 0, 0x20, 0, 0x10, k, 0x0b];
const kept = [];
const wasm = new WebAssembly.Module(new Uint8Array([
	0, 97, 115, 109, 1, 0, 0, 0,
	...section(1, [1, 0x60, 1, 0x7f, 0]),
	...section(2, [1, ...text('glue'), ...text('take'), 0, 0]),
	...section(3, [2, 0, 0]),
	...section(7, [1, ...text('run'), 0, 2]),
	...section(10, [2, ...call(0), ...call(1)]),
	...section(0, [...text('name'), 1, 15, 2, 1, ...text('inner'), 2, ...text('outer')]),
]));
const instance = new WebAssembly.Instance(wasm, { glue: { take(n) { kept.push(new Uint8Array(n)); } } });
exports.run = (n) => instance.exports.run(n);
