// SPDX-License-Identifier: Apache-2.0
// From single runs to medians, their spread, and the ratios to plain glibc in the same session.
'use strict';

const BASE = 'glibc';

function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	const half = sorted.length >> 1;
	return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// Half the range, as a part of the median.
function spread(values) {
	const middle = median(values);
	return middle ? (Math.max(...values) - Math.min(...values)) / 2 / Math.abs(middle) : 0;
}

const isMeasure = ([key, value]) => typeof value === 'number' && key !== 'rep';

function summarizeCell(runs) {
	const measures = {};
	for (const run of runs.filter(({ failed }) => !failed)) {
		for (const [key, value] of Object.entries(run).filter(isMeasure))
			(measures[key] = measures[key] || []).push(value);
	}
	const text = Object.entries(runs[0]).filter(([key, value]) =>
		typeof value === 'string' && !['cell', 'peer', 'failed'].includes(key));
	return {
		...Object.fromEntries(text),
		runs: runs.length,
		failed: (runs.find(({ failed }) => failed) || {}).failed,
		medians: Object.fromEntries(Object.entries(measures).map(([k, v]) => [k, median(v)])),
		spreads: Object.fromEntries(Object.entries(measures).map(([k, v]) => [k, spread(v)])),
	};
}

// { cell: { peer: { medians, spreads, ratios } } }, in the order of the runs.
function summarize(runs, peers) {
	const summary = {};
	for (const cell of new Set(runs.map((run) => run.cell))) {
		summary[cell] = {};
		for (const { name } of peers) {
			const own = runs.filter((run) => run.cell === cell && run.peer === name);
			if (own.length > 0)
				summary[cell][name] = summarizeCell(own);
		}
		const base = summary[cell][BASE];
		for (const row of Object.values(summary[cell])) {
			row.ratios = Object.fromEntries(Object.entries(row.medians)
				.filter(([key]) => base && base.medians[key])
				.map(([key, value]) => [key, value / base.medians[key]]));
		}
	}
	return summary;
}

module.exports = { median, spread, summarize };
