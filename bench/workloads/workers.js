// SPDX-License-Identifier: Apache-2.0
// Four worker threads make buffers of 0.5 to 8 MB and transfer them to the main thread, two
// under way from each.
'use strict';

const { Worker, isMainThread, parentPort } = require('worker_threads');
const { MB, inParallel, sizesFrom, sizesUpTo, start } = require('./workload.js');

const WORKERS = 4;
const AHEAD = 2;

function make({ id, size }) {
	const bytes = new Uint8Array(size);
	bytes.fill(id & 0xff);
	parentPort.postMessage({ id, bytes }, [bytes.buffer]);
}

// A worker and what waits for its answers.
function employ() {
	const worker = new Worker(__filename);
	const waiting = new Map();
	worker.on('message', ({ id, bytes }) => {
		waiting.get(id)(bytes);
		waiting.delete(id);
	});
	const ask = (id, size) => new Promise((resolve) => {
		waiting.set(id, resolve);
		worker.postMessage({ id, size });
	});
	return { worker, ask };
}

if (isMainThread) {
	start({
		async setUp() {
			const staff = Array.from({ length: WORKERS }, employ);
			await Promise.all(staff.map(({ worker }) => new Promise((resolve) => {
				worker.once('online', resolve);
			})));
			return staff;
		},
		async run(staff, scale) {
			const sizes = sizesUpTo(14000 * MB * scale, sizesFrom(4, MB / 2, 8 * MB));
			await inParallel(WORKERS * AHEAD, sizes.length, async (i) => {
				const bytes = await staff[i % WORKERS].ask(i, sizes[i]);
				if (bytes.length !== sizes[i] || bytes[sizes[i] - 1] !== (i & 0xff))
					throw new Error(`buffer ${i} has changed`);
			});
			return { bytes: sizes.reduce((a, b) => a + b), ops: sizes.length };
		},
		async tearDown(staff) {
			await Promise.all(staff.map(({ worker }) => worker.terminate()));
		},
	});
} else {
	parentPort.on('message', make);
}
