// SPDX-License-Identifier: Apache-2.0
// A cache of a hundred entries drops the one that was used least lately.
// expect: plateau
const cache = new Map();
let n = 0;
setInterval(() => {
	cache.set(n++, Buffer.alloc(150_000 + (n * 7919) % 450_000, 1)); // cause
	if (cache.size > 100)
		cache.delete(cache.keys().next().value);
}, 25);
