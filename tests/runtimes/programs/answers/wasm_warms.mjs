// SPDX-License-Identifier: Apache-2.0
// A Wasm memory grows while its tables are loaded, eight seconds long, and then serves.
// expect: innocent
const memory = new WebAssembly.Memory({ initial: 16, maximum: 4096 });
const start = Date.now();
setInterval(() => {
	if (Date.now() - start < 8000) { memory.grow(16); new Uint8Array(memory.buffer).fill(1, memory.buffer.byteLength - (1 << 20)); }
	void new Uint8Array(memory.buffer).subarray(0, 100).slice();
}, 100);
