// SPDX-License-Identifier: Apache-2.0
// Messages come faster than a worker takes them.
// expect: held
const { Worker, isMainThread, parentPort } = require('node:worker_threads');
if (isMainThread) {
	const worker = new Worker(__filename);
	setInterval(() => {
		worker.postMessage({ frame: new Uint8Array(300_000) }); // cause
	}, 30);
} else {
	let seen = 0;
	parentPort.on('message', (message) => {
		const end = Date.now() + 100;
		while (Date.now() < end)
			seen += message.frame.length;
	});
}
