// SPDX-License-Identifier: Apache-2.0
// A cache of weak references keeps nothing.
// expect: gc-lag
const cache = new Map();
const ended = new FinalizationRegistry((key) => cache.delete(key));
let n = 0;
setInterval(() => {
	const picture = Buffer.alloc(400_000, 1); // cause
	cache.set(n, new WeakRef(picture));
	ended.register(picture, n++);
}, 20);
