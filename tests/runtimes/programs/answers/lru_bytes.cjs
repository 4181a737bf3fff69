// SPDX-License-Identifier: Apache-2.0
// A cache of a hundred megabytes drops the oldest answers, of any size.
// expect: innocent
const cache = new Map();
let bytes = 0, id = 0;
setInterval(() => {
	const body = Buffer.alloc(20_000 + Math.floor(Math.random() * 600_000), 1);
	cache.set(id++, body);
	bytes += body.length;
	for (const [key, old] of cache) {
		if (bytes <= 100e6) break;
		cache.delete(key);
		bytes -= old.length;
	}
}, 20);
