// SPDX-License-Identifier: Apache-2.0
// Each job starts a worker that listens for ever and is never terminated (nodejs/node#29784).
// expect: held heap
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
if (isMainThread) {
	const jobs = new Map();
	let n = 0;
	setInterval(() => { if (n >= 120) return; const id = n++; const worker = new Worker(__filename); worker.on('message', () => {}); worker.postMessage(id); jobs.set(id, worker); }, 300);
} else {
	const words = Array.from({ length: 20000 }, (_, i) => ({ i, word: 'word ' + i }));
	parentPort.on('message', (id) => parentPort.postMessage({ id, n: words.length }));
}
