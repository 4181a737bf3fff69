// SPDX-License-Identifier: Apache-2.0
// One Wasm memory grows with each document that is not freed in it.
// expect: held
const memory = new WebAssembly.Memory({ initial: 10, maximum: 60_000 }); // cause
setInterval(() => {
	const at = memory.grow(10);
	new Uint8Array(memory.buffer, at * 65536, 655_360).fill(1);
}, 60);
