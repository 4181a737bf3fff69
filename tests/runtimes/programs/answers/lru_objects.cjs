// SPDX-License-Identifier: Apache-2.0
// A cache of three thousand parsed answers drops the one that was used least lately.
// expect: innocent
const lru = new Map();
let n = 0;
setInterval(() => {
	for (let i = 0; i < 20; i++) {
		const key = Math.floor(Math.random() * 200000);
		let v = lru.get(key);
		if (v) lru.delete(key); else v = JSON.parse(JSON.stringify({ key, rows: Array.from({ length: 30 }, (_, k) => ({ k, v: 'v' + k + key })) }));
		lru.set(key, v);
		if (lru.size > 3000) lru.delete(lru.keys().next().value);
	}
}, 10);
