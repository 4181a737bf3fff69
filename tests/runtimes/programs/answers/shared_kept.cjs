// SPDX-License-Identifier: Apache-2.0
// Each job has a SharedArrayBuffer, and the worker keeps a view of it.
// expect: held
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
if (isMainThread) {
	const worker = new Worker(__filename);
	setInterval(() => {
		const shared = new SharedArrayBuffer(300_000); // cause
		new Uint8Array(shared).fill(1);
		worker.postMessage(shared);
	}, 30);
} else {
	const views = [];
	parentPort.on('message', (shared) => views.push(new Uint8Array(shared)));
}
