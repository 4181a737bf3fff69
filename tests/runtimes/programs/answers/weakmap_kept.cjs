// SPDX-License-Identifier: Apache-2.0
// Bodies are in a WeakMap, by requests that are in a list for ever.
// expect: held
const bodies = new WeakMap();
const log = [];
setInterval(() => {
	const request = { at: Date.now() };
	bodies.set(request, Buffer.alloc(300_000, 1)); // cause
	log.push(request);
}, 50);
