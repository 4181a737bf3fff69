// SPDX-License-Identifier: Apache-2.0
// One run of one program under one peer. The resident memory is read from outside, every 50 ms,
// so that reading it costs the program nothing and is the same for every peer.
'use strict';

const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync, spawn } = require('child_process');

const SAMPLE_MS = 50;
const PAGE = 4096;
const LIMIT_MS = 300000;

const now = () => Number(process.hrtime.bigint()) / 1e6;

function residentBytes(pid) {
	try {
		return Number(fs.readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE;
	} catch {
		return 0; // it has ended
	}
}

// What weir itself tells of the run, in its sidecar; nothing under another peer.
function weirFigures(peer, options, sidecar) {
	if (!peer.weir || !fs.existsSync(sidecar))
		return {};
	const stat = JSON.parse(execFileSync(path.join(options.build, 'weir'), ['stat', '--json', sidecar]));
	const { derived, counters } = Array.isArray(stat) ? stat[0] : stat;
	const figures = {
		hit_percent: 100 * derived.hit_rate,
		waste_percent: 100 * derived.pool_waste,
		timer_cpu_seconds: counters.timer_cpu_ns / 1e9,
	};
	return Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));
}

// The same environment, but for where the sidecar goes.
function withSidecar(peer, folder) {
	if (!peer.weir || /(^|,)stats=/.test(peer.env.WEIR_OPTIONS || ''))
		return peer;
	const words = [peer.env.WEIR_OPTIONS, `stats=${folder}/%p.weir`].filter(Boolean);
	return { ...peer, env: { ...peer.env, WEIR_OPTIONS: words.join(',') } };
}

function startUnder(peer, command) {
	// What the caller preloads or tunes is not part of the measurement.
	const env = { ...process.env };
	for (const name of ['LD_PRELOAD', 'WEIR_OPTIONS', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_ARENA_MAX', 'NODE_OPTIONS'])
		delete env[name];
	return spawn(command[0], command.slice(1), {
		env: { ...env, ...peer.env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
}

function run(peer, command) {
	return new Promise((resolve) => {
		const samples = [];
		const out = [];
		const err = [];
		const child = startUnder(peer, command);
		const sampler = setInterval(() => {
			samples.push({ at: now(), rss: residentBytes(child.pid) });
		}, SAMPLE_MS);
		const killer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
		child.stdout.on('data', (data) => out.push(data));
		child.stderr.on('data', (data) => err.push(data));
		const finish = (failed) => {
			clearInterval(sampler);
			clearTimeout(killer);
			resolve({
				samples,
				pid: child.pid,
				out: Buffer.concat(out).toString(),
				failed: failed && `${failed}\n${Buffer.concat(err)}`.trim(),
			});
		};
		child.on('error', (error) => finish(error.message));
		child.on('close', (status, signal) => finish(status === 0 ? '' : `ended with ${signal || status}`));
	});
}

// Samples stand for the time since the one before them.
function meanBetween(samples, start, end) {
	let sum = 0;
	let weight = 0;
	for (let i = 1; i < samples.length; i++) {
		const { at, rss } = samples[i];
		if (at < start || at > end)
			continue;
		sum += rss * (at - samples[i - 1].at);
		weight += at - samples[i - 1].at;
	}
	return weight > 0 ? sum / weight : undefined;
}

function peakUntil(samples, end) {
	return samples.reduce((peak, { at, rss }) => (at <= end ? Math.max(peak, rss) : peak), 0);
}

// { cell: values } for each line that the program prints.
async function runOnce(program, peer, options) {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-bench-'));
	try {
		return await runIn(folder, program, peer, options);
	} finally {
		fs.rmSync(folder, { recursive: true });
	}
}

async function runIn(folder, program, peer, options) {
	const { samples, pid, out, failed } = await run(withSidecar(peer, folder), program.command(options));
	if (failed)
		return { [program.name]: { failed } };
	const told = weirFigures(peer, options, `${folder}/${pid}.weir`);
	const read = program.read || ((values) => values);
	const cells = {};
	for (const line of out.trim().split('\n')) {
		const { name, case: which, phases_ms: phases, ...values } = read(JSON.parse(line));
		const cell = which === undefined ? { ...values, ...told } : { ...values };
		if (phases) {
			cell.rss_peak = Math.max(values.rss_peak, peakUntil(samples, phases.end));
			cell.rss_mean = meanBetween(samples, phases.start, phases.end);
			cell.rss_idle = meanBetween(samples, phases.idle - 250, phases.idle) || values.rss_idle;
		}
		cells[which === undefined ? name : `${name}.${which}`] = cell;
	}
	return cells;
}

module.exports = { runOnce };
