// SPDX-License-Identifier: Apache-2.0
// Four workers each warm a cache of 25 MB of objects in their first seconds, and serve from it.
// expect: innocent
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) {
	for (let i = 0; i < 4; i++) new Worker(__filename);
} else {
	const cache = new Map();
	let n = 0;
	setInterval(() => {
		if (cache.size < 120000) for (let i = 0; i < 1500; i++) cache.set(n, { n: n++, text: 'entry ' + n });
		JSON.stringify(cache.get(Math.floor(Math.random() * cache.size)));
	}, 40);
}
