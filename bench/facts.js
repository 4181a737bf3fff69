// SPDX-License-Identifier: Apache-2.0
// What a figure depends on and a reader cannot know: the machine, its kernel, the programs.
'use strict';

const fs = require('fs');
const os = require('os');
const { execFileSync } = require('child_process');

function read(file, fallback) {
	try {
		return fs.readFileSync(file, 'utf8').trim();
	} catch {
		return fallback;
	}
}

function output(command, ...args) {
	try {
		return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	} catch {
		return 'unknown';
	}
}

const chosen = (text) => (/\[([^\]]+)\]/.exec(text) || [])[1] || 'unknown';
const THP = '/sys/kernel/mm/transparent_hugepage';

function machineFacts(options) {
	const gb = (bytes) => `${(bytes / (1 << 30)).toFixed(1)} GB`;
	return {
		date: new Date().toISOString().slice(0, 16),
		cpu: `${os.cpus().length} x ${os.cpus()[0].model}`,
		memory: `${gb(os.totalmem())}, ${gb(os.freemem())} free`,
		load: os.loadavg().map((x) => x.toFixed(1)).join(' '),
		kernel: os.release(),
		libc: output('getconf', 'GNU_LIBC_VERSION'),
		thp: `enabled ${chosen(read(`${THP}/enabled`, ''))}, defrag ${chosen(read(`${THP}/defrag`, ''))}`,
		overcommit: read('/proc/sys/vm/overcommit_memory', 'unknown'),
		node: output(options.node, '--version'),
		weir: output('git', '-C', __dirname, 'describe', '--always', '--dirty'),
		work: `scale ${options.scale}, ${options.reps} repetitions, idle ${options.idle} s`,
	};
}

module.exports = { machineFacts };
