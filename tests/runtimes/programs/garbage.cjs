// SPDX-License-Identifier: Apache-2.0
// Makes garbage as it is told: `idle`, `worker`, `child`, `busy`, `limit` or `held`. Ends by itself after so many milliseconds.
'use strict';
const [what, ms] = [process.argv[2], Number(process.argv[3])];
const MB = 1 << 20;
const buffers = (n) => Array.from({ length: n }, () => Buffer.alloc(MB, 1));

// Buffers that have survived: no scavenge takes them when they have become garbage.
function oldBuffers(n) {
	const made = buffers(n);
	const v8 = require('v8');
	v8.setFlagsFromString('--expose-gc');
	const gc = require('vm').runInNewContext('gc');
	v8.setFlagsFromString('--no-expose-gc');
	gc();
	gc();
	return made;
}

function idle() {
	let kept = oldBuffers(64);
	process.nextTick(() => (kept = kept.length > 64));
}

const ways = {
	idle,
	held() {
		globalThis.kept = oldBuffers(64);
	},
	worker() {
		const { Worker } = require('worker_threads');
		new Worker(__filename, { argv: ['idle', String(ms)] });
	},
	child() {
		require('child_process').fork(__filename, ['idle', String(ms)]);
	},
	// Half of the time in turns of 20 ms; the garbage is from the start.
	busy() {
		idle(); // takes its time on a loaded machine
		const word = new Int32Array(new SharedArrayBuffer(4));
		const timer = setInterval(() => {
			Atomics.wait(word, 0, 0, 20);
		}, 40);
		setTimeout(() => clearInterval(timer), ms);
	},
	// The same, and what is held is near what is said to be the limit.
	limit() {
		process.constrainedMemory = () => process.memoryUsage.rss() * 1.1;
		ways.busy();
	},
};
ways[what]();
setTimeout(() => {}, ms);
