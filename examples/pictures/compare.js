// SPDX-License-Identifier: Apache-2.0
// compare.js PLAIN,... WEIR,...: prints the results of pictures.js without weir and with it side by side, memory
// first, each as the range of its runs. Fails if they computed different things.
'use strict';

const fs = require('fs');

const [plain, weir] = process.argv.slice(2, 4).map((files) => files.split(',').map((file) => {
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8'));
	} catch (error) {
		console.error(`${file}: ${error.message}`);
		return process.exit(1);
	}
}));

const mb = (bytes) => (bytes / (1 << 20)).toFixed(0);
const seconds = (ms) => (ms / 1000).toFixed(1);
const mean = (numbers) => numbers.reduce((a, b) => a + b) / numbers.length;

function range(runs, field, show) {
	const values = runs.map((run) => run[field]).sort((a, b) => a - b);
	const [least, most] = [show(values[0]), show(values[values.length - 1])];
	return least === most ? least : `${least} to ${most}`;
}

// "31 % less", or no figure where the runs of both overlap: that is no difference.
function change(field) {
	const [before, after] = [plain, weir].map((runs) => runs.map((run) => run[field]));
	if (Math.max(...after) >= Math.min(...before) && Math.min(...after) <= Math.max(...before))
		return 'no clear difference';
	const percent = Math.round(100 * (mean(after) / mean(before) - 1));
	return `${Math.abs(percent)} % ${percent < 0 ? 'less' : 'more'}`;
}

function row(...cells) {
	console.log(`  ${cells[0].padEnd(35)}${cells[1].padStart(17)}${cells[2].padStart(17)}   ${cells[3]}`.trimEnd());
}

const { node, pictures, bytes } = plain[0];
console.log(`Node ${node.slice(1)}: ${pictures} pictures, ${(bytes / (1 << 30)).toFixed(1)} GB, drawn by four worker threads\n`);
row('', 'without weir', 'with weir', '');
for (const [label, field, unit, show] of [
	['memory at rest, garbage collected', 'rss_idle', 'MB', mb],
	['memory at the peak', 'rss_peak', 'MB', mb],
	['processor time of the work', 'cpu_ms', 's', seconds],
])
	row(label, `${range(plain, field, show)} ${unit}`, `${range(weir, field, show)} ${unit}`, change(field));
if (new Set([...plain, ...weir].map(({ digest }) => digest)).size > 1) {
	console.error('The results differ: weir has changed what the program computes.');
	process.exitCode = 1;
}
