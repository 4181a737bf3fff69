// SPDX-License-Identifier: Apache-2.0
// medians.js FILE...: a row for each file of results of the example service, one JSON a line.
'use strict';

const fs = require('fs');
const path = require('path');

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const mb = (bytes) => `${Math.round(bytes / (1 << 20))} MB`;

function row(label, ...cells) {
	console.log(label.padEnd(18) + cells.map((cell) => cell.padStart(14)).join(''));
}

row('', 'time', 'peak', 'after bursts', 'after pause');
for (const file of process.argv.slice(2)) {
	const runs = fs.readFileSync(file, 'utf8').trim().split('\n').map(JSON.parse);
	const of = (key) => median(runs.map((run) => run[key]));
	row(path.basename(file, '.json'), `${(of('elapsed_ms') / 1000).toFixed(1)} s`,
		mb(of('rss_peak')), mb(of('rss_burst')), mb(of('rss_idle')));
}
