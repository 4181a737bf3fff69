// SPDX-License-Identifier: Apache-2.0
// A worker keeps the bodies that the main thread hands over (transferred).
// expect: held
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
if (isMainThread) {
	const worker = new Worker(__filename);
	setInterval(() => {
		const body = new Uint8Array(300_000).fill(1); // cause
		worker.postMessage(body, [body.buffer]);
	}, 40);
} else {
	const kept = [];
	parentPort.on('message', (body) => { kept.push(body); });
}
