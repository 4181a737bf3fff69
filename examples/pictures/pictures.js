// SPDX-License-Identifier: Apache-2.0
// A service of pictures: four worker threads draw them, 0.5 to 8 MB each, and hand them over to the main
// thread, which looks at them and lets go. Then nothing is to be done for a while. Prints one line of JSON, and on
// standard error how far it is. With --cache-all it has the mistake of many services: a cache that nothing is
// ever taken out of. Nothing in here knows of weir.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const { Worker, isMainThread, parentPort } = require('worker_threads');

const MB = 1 << 20;
const WORKERS = 4;
const AHEAD = 2; // pictures under way from each worker

const options = { pictures: 2500, 'idle-ms': 3000, 'pause-ms': 0, 'cache-all': 0 };

function parseOptions(argv) {
	for (const arg of argv) {
		const match = /^--([a-z-]+)(?:=(\d+))?$/.exec(arg);
		if (!match || !(match[1] in options)) {
			const names = Object.keys(options).map((name) => `[--${name}=${options[name]}]`);
			console.error(`usage: node pictures.js ${names.join(' ')}`);
			process.exit(2);
		}
		options[match[1]] = Number(match[2] ?? 1);
	}
}

// The same sizes in every run, small ones as likely as large ones.
function sizeOf(id) {
	const fraction = ((id * 0.6180339887) % 1 + 1) % 1;
	return Math.round(0.5 * MB * 16 ** fraction);
}

function draw({ id, size }) {
	const pixels = new Uint8Array(size);
	pixels.fill(id & 0xff);
	parentPort.postMessage({ id, pixels }, [pixels.buffer]);
}

// A worker, and a function that asks it for a picture.
function employ() {
	const worker = new Worker(__filename);
	const waiting = new Map();
	worker.on('message', ({ id, pixels }) => {
		waiting.get(id)(pixels);
		waiting.delete(id);
	});
	worker.on('error', (error) => {
		console.error(error);
		process.exit(1);
	});
	const ask = (id) => new Promise((resolve) => {
		waiting.set(id, resolve);
		worker.postMessage({ id, size: sizeOf(id) });
	});
	return { worker, ask };
}

const cache = new Map();

function remember(id, pixels) {
	cache.set(id, Buffer.from(pixels.subarray(0, 500000)));
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function serve(staff, digest) {
	let next = 0;
	let bytes = 0;
	const sums = new Array(options.pictures);
	const lane = async () => {
		while (next < options.pictures) {
			const id = next++;
			const pixels = await staff[id % WORKERS].ask(id);
			sums[id] = `${id} ${pixels.length} ${pixels[pixels.length - 1]}`;
			bytes += pixels.length;
			if (options['cache-all'])
				remember(id, pixels);
			if (options['pause-ms'])
				await sleep(options['pause-ms']);
		}
	};
	const progress = setInterval(() => console.error(`${next} of ${options.pictures} pictures`), 500);
	await Promise.all(Array.from({ length: WORKERS * AHEAD }, lane));
	clearInterval(progress);
	digest.update(sums.join('\n'));
	return bytes;
}

// Nothing to do. With --expose-gc the garbage is collected first: V8 may keep it for minutes, or not, as it likes.
async function rest() {
	globalThis.gc?.();
	for (const end = Date.now() + options['idle-ms']; Date.now() < end;) {
		console.error(`resting for ${Math.ceil((end - Date.now()) / 1000)} s more`);
		await sleep(500);
	}
}

function statusBytes(field) {
	const status = fs.readFileSync('/proc/self/status', 'utf8');
	return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)[1]) * 1024;
}

async function main() {
	parseOptions(process.argv.slice(2));
	const staff = Array.from({ length: WORKERS }, employ);
	const digest = crypto.createHash('sha1');
	const before = process.cpuUsage();
	const bytes = await serve(staff, digest);
	const { user, system } = process.cpuUsage(before);
	const peak = statusBytes('VmHWM');
	await rest();
	console.log(JSON.stringify({
		node: process.version,
		pictures: options.pictures,
		bytes,
		cpu_ms: Math.round((user + system) / 1e3),
		rss_peak: peak,
		rss_idle: statusBytes('VmRSS'),
		digest: digest.digest('hex'),
	}));
	process.exit(0);
}

if (isMainThread) {
	main().catch((error) => {
		console.error(error);
		process.exit(1);
	});
} else {
	parentPort.on('message', draw);
}
