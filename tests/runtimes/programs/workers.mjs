// SPDX-License-Identifier: Apache-2.0
// Buffers made on one thread, moved to another, freed on a third; workers that end while they
// hold some, and workers that are stopped in the middle of it. Prints digests.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import process from 'node:process';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const digest = (data) => createHash('sha1').update(data).digest('hex').slice(0, 16);

function worker() {
	if (workerData.spin) {
		parentPort.postMessage('spinning');
		for (const kept = [];;) {
			kept[kept.length % 40] = new Uint8Array(3e6).fill(1);
			kept.length = (kept.length + 1) % 40;
		}
	}
	const kept = []; // still held when the worker ends
	for (let i = 0; i < 40; i++) {
		const size = 150000 * (1 + (i * 7 + workerData.id) % 25);
		const bytes = new Uint8Array(size).fill(workerData.id * 16 + i);
		if (i % 8 === 0)
			kept.push(Buffer.from(bytes));
		parentPort.postMessage({ i, bytes }, [bytes.buffer]);
	}
	parentPort.once('message', (back) => {
		parentPort.postMessage({ i: -1, bytes: new Uint8Array(Buffer.from(digest(back))) });
		process.exitCode = kept.length ? 0 : 1;
	});
}

function run(id) {
	return new Promise((resolve, reject) => {
		const lines = [];
		const thread = new Worker(new URL(import.meta.url), { workerData: { id } });
		thread.on('error', reject);
		thread.on('exit', () => resolve(lines.join('\n')));
		thread.on('message', ({ i, bytes }) => {
			lines.push(`${id} ${i} ${bytes.length} ${digest(bytes)}`);
			if (i === 39)
				thread.postMessage(bytes, [bytes.buffer]);
		});
	});
}

async function stop() {
	const thread = new Worker(new URL(import.meta.url), { workerData: { spin: true } });
	await new Promise((resolve) => thread.once('message', resolve));
	await new Promise((resolve) => setTimeout(resolve, 50));
	await thread.terminate();
}

if (!isMainThread) {
	worker();
} else {
	for (let round = 0; round < 2; round++)
		console.log((await Promise.all([0, 1, 2, 3].map(run))).join('\n'));
	for (let i = 0; i < 4; i++)
		await stop();
	const shared = new SharedArrayBuffer(5e6);
	new Uint8Array(shared).fill(77);
	console.log('shared', digest(Buffer.from(shared)));
}
