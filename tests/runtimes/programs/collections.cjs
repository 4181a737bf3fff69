// SPDX-License-Identifier: Apache-2.0
// Collects again and again, and says how often and what its heap holds then. collections.cjs WORKERS HOT CROWD
// WORKERS: so many come and go meanwhile, each with a block of its own. HOT: one large function is compiled
// by V8's helpers all the while. CROWD: so many workers live at once, collect too, and are gone at the end.
'use strict';
const { PerformanceObserver, constants } = require('node:perf_hooks');
const { Worker } = require('node:worker_threads');
const v8 = require('node:v8');
const text = 'const b = Buffer.alloc(2 << 20, 1); require("worker_threads").parentPort.postMessage(b.length)';
const crowded = `const b = Buffer.alloc(2 << 20, 1);
	const { parentPort } = require("worker_threads");
	parentPort.on("message", () => { gc(); parentPort.postMessage(b.length); });
	parentPort.postMessage(b.length);`;
const [workers, hot, crowd] = process.argv.slice(2).map(Number);
let majors = 0, heap;
const seen = new PerformanceObserver((list) => {
	for (const entry of list.getEntries())
		majors += entry.detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
});
seen.observe({ entryTypes: ['gc'] });
let body = 'let a = x | 0, b = y | 0, c = 1, d = 2;\n';
for (let i = 0; i < 700; i++)
	body += `a = (a ^ (b + ${i})) | 0; if (a & ${1 << (i % 20)}) b = (b * 3 + c) | 0; else c = (c + d) | 0;\n`;
const large = new Function('x', 'y', body + 'return a + b + c + d;');
const held = [];
// So much that what V8 takes between a collection and the question for its heap is little.
const objects = Array.from({ length: 300000 }, (_, i) => ({ i }));
function remember() {
	held.push(Buffer.alloc(400000, 1));
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
const said = (worker) => new Promise((resolve) => worker.once('message', resolve));
async function main() {
	const crowding = Array.from({ length: crowd || 0 }, () => new Worker(crowded, { eval: true }));
	await Promise.all(crowding.map(said));
	for (let i = 0; i < workers; i++)
		await new Promise((resolve) => new Worker(text, { eval: true }).on('exit', resolve));
	for (let i = 0; i < 60; i++) {
		for (let k = 0; hot && k < 600; k++)
			large(k, i);
		remember();
		if (i % 3 === 0)
			gc();
		await turn();
	}
	for (const worker of crowding)
		for (let i = 0; i < 3; i++) {
			worker.postMessage('collect');
			await said(worker);
		}
	await Promise.all(crowding.map((worker) => worker.terminate()));
	gc();
	heap = v8.getHeapStatistics();
	// It is killed once its numbers have been written.
	setTimeout(() => {
		console.log(majors, heap.used_heap_size, objects.length);
		process.kill(process.pid, 'SIGKILL');
	}, 2500);
}
main();
