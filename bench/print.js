// SPDX-License-Identifier: Apache-2.0
// The tables for people.
'use strict';

const mb = (bytes) => (bytes === undefined ? '-' : `${Math.round(bytes / (1 << 20))}`);
const times = (ratio) => (ratio === undefined ? '-' : `${ratio.toFixed(2)}x`);

// The columns of a Node program: heading, and the cell's text.
const COLUMNS = [
	['seconds', ({ medians }) => medians.seconds.toFixed(2)],
	['+-%', ({ spreads }) => (100 * spreads.seconds).toFixed(0)],
	['speed', ({ ratios }) => times(ratios.seconds && 1 / ratios.seconds)],
	['MB/s', ({ medians }) => medians.mb_per_s.toFixed(0)],
	['cpu', ({ ratios }) => times(ratios.cpu_seconds)],
	['peak', ({ medians }) => mb(medians.rss_peak)],
	['', ({ ratios }) => times(ratios.rss_peak)],
	['mean', ({ medians }) => mb(medians.rss_mean)],
	['', ({ ratios }) => times(ratios.rss_mean)],
	['idle', ({ medians }) => mb(medians.rss_idle)],
	['+-%', ({ spreads }) => (100 * spreads.rss_idle).toFixed(0)],
	['held', ({ medians }) => mb(medians.held_idle)],
	['gc', ({ medians }) => mb(medians.rss_gc)],
];

const WIDTH = 8;

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
			line(peer, COLUMNS.map(([, text]) => text(row)));
	}
}

// Resident memory is in MB; `held` is what JavaScript itself still holds at the end of the
// idle time, garbage that was not collected included; gc is after a collection.
function print({ facts, missing, summary }) {
	for (const [key, value] of Object.entries(facts))
		console.log(`${key.padEnd(11)} ${value}`);
	for (const { name, reason } of missing)
		console.log(`left out: ${name}: ${reason}`);
	for (const [cell, rows] of Object.entries(summary))
		printWorkload(cell, rows);
	for (const [cell, rows] of Object.entries(summary)) {
		for (const [peer, { failed }] of Object.entries(rows)) {
			if (failed)
				console.log(`\nFAILED: ${cell} under ${peer}: ${failed}`);
		}
	}
}

module.exports = { print };
