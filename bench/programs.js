// SPDX-License-Identifier: Apache-2.0
// What is measured: the Node programs in workloads/, and the C programs with their cases.
'use strict';

const fs = require('fs');
const path = require('path');

// What stands under each name is for --list; the programs themselves say more.
const WORKLOADS = {
	http_bodies: 'uploads of 100 KB to 20 MB, put together and encoded',
	file_encode: 'real files to hex, base64 and latin1',
	image: 'frames of 3.7 to 33 MB, copied and split',
	stream: 'sixteen file streams in chunks of 256 KB and 1 MB',
	burst_idle: 'four bursts of 500 MB, then nothing',
	workers: 'buffers of 0.5 to 8 MB from worker threads',
	sparse_zero: 'zeroed buffers of 1 to 16 MB, 5 % used',
	smallops: 'the guard: a busy JSON server, nothing large',
	hex20: '20 MB to hex',
	startup: "the guard: Node's start",
};

// The example that comes with weir: what a pool hits and wastes on the sizes of real files.
const EXAMPLES = { file_digest: 'examples/file-digest: files read, encoded, uploaded' };

function nodeProgram(name, about) {
	return {
		name,
		about,
		command: (options) => [
			options.node,
			...(options.gc > 0 ? ['--expose-gc'] : []),
			path.join(__dirname, 'workloads', `${name}.js`),
			`--scale=${options.scale}`,
			`--idle-ms=${options.idle * 1000}`,
			`--gc-ms=${options.gc * 1000}`,
		],
	};
}

// Cases of the C programs; `alloc_bench` without arguments says what each is.
const CASES = {
	alloc: ['pair', 'pair_threaded', 'batch', 'lazy', 'lazy_churned', 'calloc_loop', 'malloc_loop', 'sweep', 'sparse', 'growing',
		'half_more', 'each', 'burst', 'threads', 'threads_one', 'threads_all', 'storm', 'handoff', 'live', 'fragments', 'stocked', 'first', 'seldom', 'serve',
		'fork', 'limit'],
	scratch: ['class', 'mixed', 'waste', 'hits', 'growth'],
};

function exampleProgram(name, about) {
	return {
		name,
		about,
		command: (options) => [
			options.node,
			path.join(__dirname, '..', 'examples', name.replace('_', '-'), 'app.js'),
			`--rounds=${Math.max(1, Math.round(8 * options.scale))}`,
			`--total-mb=${Math.max(20, Math.min(300, 600 * options.scale))}`,
			`--idle-ms=${options.idle * 1000}`,
		],
		read: ({ elapsed_ms: ms, cpu_ms: cpu, bytes, rss_peak: peak, rss_idle: idle }) => ({
			name,
			bytes,
			seconds: ms / 1e3,
			cpu_seconds: cpu / 1e3,
			mb_per_s: bytes / (1 << 20) / (ms / 1e3),
			rss_peak: peak,
			rss_idle: idle,
		}),
	};
}

function cProgram(program, which) {
	return {
		name: `${program}.${which}`,
		about: `bench/${program}_bench ${which}`,
		command: (options) => {
			const file = path.join(options.build, 'bench', `${program}_bench`);
			if (!fs.existsSync(file))
				throw new Error(`no ${file}: make bench builds it, or say where with --build`);
			return [file, '--scale', String(options.scale), which];
		},
	};
}

// Programs of other runtimes, which print a line as the C programs do; those that are not there are
// left out. PHP with the C library's blocks, not with its own chunks of 2 MB.
function burstPrograms(options) {
	const script = (name) => path.join(__dirname, 'workloads', `small_bursts.${name}`);
	const commands = {
		py: ['python3', script('py')],
		rb: ['ruby', script('rb')],
		pl: ['perl', script('pl')],
		php: ['env', 'USE_ZEND_ALLOC=0', 'php', script('php')],
		cc: [path.join(options.build, 'bench', 'small_bursts')],
	};
	const folders = ['', ...(process.env.PATH || '').split(':')];
	const there = (file) => folders.some((folder) => fs.existsSync(folder ? path.join(folder, file) : file));
	return Object.entries(commands)
		.filter(([, command]) => there(command[command.length > 2 ? 2 : 0]))
		.map(([name, command]) => ({
			name: `small_bursts_${name}`,
			about: 'bursts of small objects after some large ones',
			command: ({ scale }) => [...command, String(scale)],
			read: (values) => ({ ...values, mb_per_s: values.bytes / (1 << 20) / values.seconds }),
		}));
}

const matches = (pattern, name) =>
	new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(name);

function findPrograms(options) {
	const all = Object.entries(WORKLOADS).map(([name, about]) => nodeProgram(name, about));
	all.push(...Object.entries(EXAMPLES).map(([name, about]) => exampleProgram(name, about)));
	for (const [program, cases] of Object.entries(CASES))
		all.push(...cases.map((which) => cProgram(program, which)));
	all.push(...burstPrograms(options));
	if (!options.only)
		return all;
	// The names of groups stand for what is in them.
	const groups = { workloads: Object.keys(WORKLOADS) };
	for (const program of Object.keys(CASES))
		groups[program] = [`${program}.*`];
	const patterns = options.only.split(',').flatMap((pattern) => groups[pattern] || [pattern]);
	for (const pattern of patterns) {
		if (!all.some(({ name }) => matches(pattern, name)))
			throw new Error(`no program ${pattern}; there are ${all.map(({ name }) => name).join(', ')}`);
	}
	return all.filter(({ name }) => patterns.some((pattern) => matches(pattern, name)));
}

module.exports = { findPrograms };
