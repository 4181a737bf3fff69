// SPDX-License-Identifier: Apache-2.0
// compare.js PLAIN WEIR STATS: prints two results of app.js side by side, one without weir and
// one with it, and what `weir stat --json` says of the latter. Fails if the results differ or
// if weir was not at work.
'use strict';

const fs = require('fs');

const [plain, weir, stats] = process.argv.slice(2, 5).map((file) => {
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8'));
	} catch (error) {
		console.error(`${file}: ${error.message}`);
		return process.exit(1);
	}
});

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const mb = (bytes) => `${Math.round(bytes / (1 << 20))} MB`;
const gb = (bytes) => `${(bytes / (1 << 30)).toFixed(1)} GB`;
const size = (bytes) => (bytes < 1 << 20 ? `${bytes / 1024} KB` : `${bytes / (1 << 20)} MB`);
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : '-');

function row(label, ...cells) {
	console.log(label.padEnd(28) + cells.map((cell) => String(cell).padStart(14)).join(''));
}

function sideBySide() {
	console.log(`${plain.files} files, ${gb(plain.bytes)} read, encoded and uploaded in bursts\n`);
	row('', 'without weir', 'with weir');
	row('time', seconds(plain.elapsed_ms), seconds(weir.elapsed_ms));
	row('processor time', seconds(plain.cpu_ms), seconds(weir.cpu_ms));
	row('peak resident memory', mb(plain.rss_peak), mb(weir.rss_peak));
	row('resident after the bursts', mb(plain.rss_burst), mb(weir.rss_burst));
	row('resident after the pause', mb(plain.rss_idle), mb(weir.rss_idle));
}

function hitRates() {
	const { counters } = stats;
	const map = {
		gets: counters.map_gets,
		hits: counters.map_recycled_dirty,
		capacity: 'larger (mapped)',
	};
	const classes = stats.classes.map(({ capacity_bytes: bytes, gets, hits }) => ({
		gets,
		hits,
		capacity: size(bytes),
	}));
	console.log();
	row('size class', 'blocks', 'from the pool', 'hit rate');
	for (const { capacity, gets, hits } of [...classes, map].filter(({ gets: n }) => n > 0))
		row(capacity, gets, hits, percent(hits, gets));
	const served = counters.recycled_bytes + counters.fresh_bytes;
	console.log(`\nrecycled ${gb(counters.recycled_bytes)} of ${gb(served)} served`
		+ ` (${percent(counters.recycled_bytes, served)})`);
	return [...classes, map].reduce((sum, { hits }) => sum + hits, 0);
}

sideBySide();
const hits = hitRates();
if (plain.digest !== weir.digest) {
	console.error('The results differ: weir has changed what the program computes.');
	process.exitCode = 1;
} else if (hits === 0) {
	console.error('weir was not at work: nothing came from its pool.');
	process.exitCode = 1;
}
