// SPDX-License-Identifier: Apache-2.0
// What all workloads have in common: options, a repeatable stream of sizes, and the phases:
// set up, work (timed), idle, and a garbage collection if asked for. Prints one line of JSON.
// The times are of CLOCK_MONOTONIC, so that who samples the process from outside can tell
// the phases apart.
'use strict';

const fs = require('fs');
const path = require('path');

const MB = 1 << 20;

const options = {
	scale: 1, // times the full work
	'idle-ms': 5000, // after the work
	'gc-ms': 0, // after a garbage collection that follows; 0: none. Needs --expose-gc
};

function parseOptions(argv) {
	for (const arg of argv) {
		const match = /^--([a-z-]+)=([0-9.]+)$/.exec(arg);
		if (!match || !(match[1] in options)) {
			const names = Object.keys(options).map((name) => `[--${name}=${options[name]}]`);
			console.error(`usage: node ${path.basename(process.argv[1])} ${names.join(' ')}`);
			process.exit(2);
		}
		options[match[1]] = Number(match[2]);
	}
	if (options['gc-ms'] > 0 && typeof globalThis.gc !== 'function') {
		console.error('--gc-ms needs node --expose-gc');
		process.exit(2);
	}
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const now = () => Number(process.hrtime.bigint()) / 1e6;

function statusBytes(field) {
	const status = fs.readFileSync('/proc/self/status', 'utf8');
	return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)[1]) * 1024;
}

// Seconds of processor time of this process and of its children that have ended.
function cpuSeconds() {
	const { user, system } = process.cpuUsage();
	const fields = fs.readFileSync('/proc/self/stat', 'utf8').split(') ').pop().split(' ');
	const ticks = Number(fields[13]) + Number(fields[14]); // of a hundredth of a second
	return (user + system) / 1e6 + ticks / 100;
}

// The same numbers in [0, 1) in every run.
function randomFrom(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

// A size between min and max, small ones as likely as in real traffic: even on a log scale.
function sizesFrom(seed, min, max) {
	const random = randomFrom(seed);
	return () => Math.round(min * (max / min) ** random());
}

// Sizes that sum up to total bytes, or a little more, and are the same in every run.
function sizesUpTo(total, next) {
	const sizes = [];
	for (let sum = 0; sum < total; sum += sizes[sizes.length - 1])
		sizes.push(next());
	return sizes;
}

// Calls job(index) for 0 <= index < count, so many at a time.
async function inParallel(width, count, job) {
	let next = 0;
	const lane = async () => {
		while (next < count)
			await job(next++);
	};
	await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
}

// What JavaScript holds outside of its heap, garbage that is not collected yet included: no
// allocator has a say in that, but its speed has. Sampled whenever the work lets timers run.
function watchHeld() {
	const seen = [];
	const timer = setInterval(() => seen.push(process.memoryUsage().external), 50);
	return () => {
		clearInterval(timer);
		seen.push(process.memoryUsage().external);
		return { held_peak: Math.max(...seen), held_mean: seen.reduce((a, b) => a + b) / seen.length };
	};
}

// Runs work(scale), which resolves to { bytes } and what else it has to report.
// A work that pauses reports `seconds`, the time in which it was busy.
async function workload(work) {
	parseOptions(process.argv.slice(2));
	const name = path.basename(process.argv[1], '.js');
	const prepared = await work.setUp(options.scale);
	const cpuBefore = cpuSeconds();
	const faultsBefore = process.resourceUsage().minorPageFault;
	const held = watchHeld();
	const start = now();
	const result = await work.run(prepared, options.scale);
	const end = now();
	const cpu = cpuSeconds() - cpuBefore;
	const faults = process.resourceUsage().minorPageFault - faultsBefore;
	const peak = statusBytes('VmHWM');
	const heldAtWork = held();
	await sleep(options['idle-ms']);
	const idle = now();
	const report = {
		name,
		node: process.version,
		seconds: (end - start) / 1e3,
		...result,
		wall_seconds: (end - start) / 1e3,
		cpu_seconds: cpu,
		faults,
		...heldAtWork,
		rss_peak: peak,
		rss_idle: statusBytes('VmRSS'),
		held_idle: process.memoryUsage().external,
		phases_ms: { start, end, idle },
	};
	report.mb_per_s = report.bytes / MB / report.seconds;
	if (options['gc-ms'] > 0) {
		globalThis.gc();
		await sleep(options['gc-ms']);
		report.rss_gc = statusBytes('VmRSS');
		report.phases_ms.gc = now();
	}
	// Clean-up that would change what was measured comes last.
	if (work.tearDown)
		await work.tearDown(prepared);
	console.log(JSON.stringify(report));
}

function start(work) {
	workload({ setUp: () => undefined, ...work }).catch((error) => {
		console.error(error);
		process.exit(1);
	});
}

module.exports = { MB, inParallel, randomFrom, sizesFrom, sizesUpTo, sleep, start };
