// SPDX-License-Identifier: Apache-2.0
// Each job has a worker of its own, which makes a few buffers, works for some seconds and ends.
// expect: innocent
const { Worker, isMainThread } = require('node:worker_threads');
if (isMainThread) {
	setInterval(() => { new Worker(__filename); }, 500);
} else {
	const data = [];
	for (let i = 0; i < 12; i++) data.push(Buffer.alloc(200_000, 1));
	setTimeout(() => data.length, 4000);
}
