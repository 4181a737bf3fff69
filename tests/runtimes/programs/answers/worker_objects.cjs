// SPDX-License-Identifier: Apache-2.0
// A worker keeps the messages that it makes; the main thread idles.
// expect: held heap
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) {
	new Worker(__filename);
} else {
	const seen = new Map();
	let n = 0;
	setInterval(() => {
		for (let i = 0; i < 400; i++) seen.set(n++, { id: n, text: 'message ' + n, from: { name: 'user ' + n }, tags: [n, n + 1] });
	}, 10);
}
