// SPDX-License-Identifier: Apache-2.0
// A worker keeps the pictures that it makes; the main thread idles.
// expect: held
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) {
	new Worker(__filename);
} else {
	const seen = [];
	setInterval(() => { seen.push(Buffer.alloc(300_000, 1)); }, 40); // cause
}
