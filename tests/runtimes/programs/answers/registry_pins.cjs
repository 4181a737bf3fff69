// SPDX-License-Identifier: Apache-2.0
// A FinalizationRegistry is given what refers to the object itself, so it is never collected (tc39/proposal-weakrefs#118).
// expect: held
const registry = new FinalizationRegistry((handle) => handle.free());
setInterval(() => {
	const frame = { pixels: Buffer.alloc(250_000, 1) }; // cause
	registry.register(frame, { free: () => frame.pixels = null });
}, 30);
