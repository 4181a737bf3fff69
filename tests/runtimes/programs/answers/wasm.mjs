// SPDX-License-Identifier: Apache-2.0
// Each request gets a memory of its own for Wasm, and all are kept.
// expect: held
const memories = [];
setInterval(() => {
	const memory = new WebAssembly.Memory({ initial: 10, maximum: 20 }); // cause
	new Uint8Array(memory.buffer).fill(1);
	memories.push(memory);
}, 100);
