// SPDX-License-Identifier: Apache-2.0
// The tables for people.
'use strict';

const mb = (bytes) => (bytes === undefined ? '-' : `${Math.round(bytes / (1 << 20))}`);
const percent = (value) => (value === undefined ? '-' : value.toFixed(1));
const times = (ratio) => (!Number.isFinite(ratio) ? '-' : `${ratio.toFixed(2)}x`);

// The columns of a Node program: heading, and the cell's text; `pinned` is idle memory to that
// of glibc with its threshold pinned.
const COLUMNS = [
	['seconds', ({ medians }) => medians.seconds.toFixed(2)],
	['+-%', ({ spreads }) => (100 * spreads.seconds).toFixed(0)],
	['speed', ({ ratios }) => times(ratios.seconds && 1 / ratios.seconds)],
	['MB/s', ({ medians }) => medians.mb_per_s.toFixed(0)],
	['cpu', ({ ratios }) => times(ratios.cpu_seconds)],
	['peak', ({ medians }) => mb(medians.rss_peak)],
	['', ({ ratios }) => times(ratios.rss_peak)],
	['held', ({ medians }) => mb(medians.held_peak)],
	['mean', ({ medians }) => mb(medians.rss_mean)],
	['', ({ ratios }) => times(ratios.rss_mean)],
	['held', ({ medians }) => mb(medians.held_mean)],
	['idle', ({ medians }) => mb(medians.rss_idle)],
	['pinned', ({ medians }, { pinned }) => times(pinned && medians.rss_idle / pinned.medians.rss_idle)],
	['+-%', ({ spreads }) => (spreads.rss_idle === undefined ? '-' : (100 * spreads.rss_idle).toFixed(0))],
	['held', ({ medians }) => mb(medians.held_idle)],
	['gc', ({ medians }) => mb(medians.rss_gc)],
	['hit%', ({ medians }) => percent(medians.hit_percent)],
	['waste%', ({ medians }) => percent(medians.waste_percent)],
];

const WIDTH = 7;

function line(label, cells) {
	console.log(label.padEnd(14) + cells.map((cell) => cell.padStart(WIDTH)).join(''));
}

function printWorkload(cell, rows) {
	console.log(`\n${cell}`);
	line('', COLUMNS.map(([heading]) => heading));
	for (const [peer, row] of Object.entries(rows)) {
		if (row.medians.seconds === undefined)
			console.log(`${peer.padEnd(14)} FAILED`);
		else
			line(peer, COLUMNS.map(([, text]) => text(row, rows)));
	}
}

const MEASURES = ['value', 'low', 'p99', 'max', 'rss_mb', 'peak_mb', 'kept_mb', 'maps'];

function short(number) {
	if (number === undefined)
		return '-';
	const digits = Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : 2;
	return number.toFixed(digits);
}

// A C program: its rows are the cases, its columns the peers.
function printCases(cells, peers) {
	console.log(`\n${''.padEnd(42)}${peers.map(({ name }) => name.slice(0, 10).padStart(11)).join('')}`);
	for (const [cell, rows] of cells) {
		const all = Object.values(rows);
		const reason = all.find(({ skipped }) => skipped);
		if (reason)
			console.log(`${cell.padEnd(42)} skipped: ${reason.skipped}`);
		for (const measure of MEASURES) {
			if (!all.some(({ medians }) => medians[measure] !== undefined))
				continue;
			const label = measure === 'value' ? `${cell} (${all[0].unit})` : `    ${measure}`;
			console.log(label.padEnd(42) + peers.map(({ name }) =>
				short(rows[name] && rows[name].medians[measure]).padStart(11)).join(''));
		}
	}
}

const program = (cell) => cell.split('.').slice(0, 2).join('.');

// Resident memory is in MB; each `held` belongs to the figure before it: what JavaScript itself
// held outside of its heap, garbage that was not collected included; gc is after a collection;
// hit% and waste% are weir's own account.
function print({ facts, peers, missing, summary }) {
	for (const [key, value] of Object.entries(facts))
		console.log(`${key.padEnd(11)} ${value}`);
	for (const { name, reason } of missing)
		console.log(`left out: ${name}: ${reason}`);
	const cells = Object.entries(summary);
	for (const [cell, rows] of cells.filter(([cell]) => !cell.includes('.')))
		printWorkload(cell, rows);
	const inC = cells.filter(([cell]) => cell.includes('.'));
	for (const one of new Set(inC.map(([cell]) => program(cell))))
		printCases(inC.filter(([cell]) => program(cell) === one), peers);
	for (const [cell, rows] of cells) {
		for (const [peer, { failed }] of Object.entries(rows)) {
			if (failed)
				console.log(`\nFAILED: ${cell} under ${peer}: ${failed}`);
		}
	}
}

module.exports = { print };
