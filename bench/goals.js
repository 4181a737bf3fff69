#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// goals.js [--peer NAME] RESULT.json...: holds what bench.js measured against the goals of weir
// and prints a table (Markdown) with the worst case of each. A goal without figures is left out.
'use strict';

const fs = require('fs');

const SERVER_LIKE = ['http_bodies', 'file_encode', 'image', 'stream', 'workers', 'sparse_zero', 'burst_idle', 'hex20'];
const OTHERS = ['jemalloc', 'mimalloc', 'tcmalloc'];
const SIZES = ['5M', '7M', '8M', '9M', '20M', '100M'];

function load(argv) {
	const files = [...argv];
	const at = files.indexOf('--peer');
	const self = at < 0 ? 'weir' : files.splice(at, 2)[1];
	const summary = {};
	for (const file of files)
		Object.assign(summary, JSON.parse(fs.readFileSync(file, 'utf8')).summary);
	const get = (cell, peer, measure = 'value') => {
		const row = summary[cell] && summary[cell][peer];
		return row && row.medians[measure];
	};
	return { self, get, cells: Object.keys(summary) };
}

const { self, get, cells } = load(process.argv.slice(2));

const mine = (cell, measure) => get(cell, self, measure);
const known = (list) => list.filter(([, value]) => Number.isFinite(value));
const lowest = (list) => known(list).sort((a, b) => a[1] - b[1])[0];
const highest = (list) => known(list).sort((a, b) => b[1] - a[1])[0];
const like = (start) => cells.filter((cell) => cell.startsWith(start));
const each = (list, value) => list.map((cell) => [cell, value(cell)]);

// How many times as fast as a peer; the fastest of several peers counts.
function speed(cell, peers, measure) {
	const times = peers.map((peer) => get(cell, peer, measure)).filter(Number.isFinite);
	return times.length ? Math.min(...times) / mine(cell, measure) : undefined;
}

const times = (cell, peer, measure) => mine(cell, measure) / get(cell, peer, measure);
const unit = (text) => (value) => `${value.toFixed(Math.abs(value) < 10 ? 2 : 0)} ${text}`;
const ratio = (value) => `${value.toFixed(2)} x`;

const rows = [];

function atMost(goal, limit, list, show) {
	const worst = highest(list);
	if (worst)
		rows.push([goal, `<= ${show(limit)}`, `${show(worst[1])} (${worst[0]})`, worst[1] <= limit]);
}

function atLeast(goal, limit, list, show) {
	const worst = lowest(list);
	if (worst)
		rows.push([goal, `>= ${show(limit)}`, `${show(worst[1])} (${worst[0]})`, worst[1] >= limit]);
}

const loops = SIZES.map((size) => `alloc.calloc_loop.${size}`);
const lazy = [...like('alloc.lazy.'), ...like('alloc.lazy_churned.')];
const sweep = like('alloc.sweep.');
const scratch = (start) => like(`scratch.${start}`).filter((cell) => cell.endsWith('.weir'));

atMost('malloc+free of 64 B to 4 KB, more than glibc', 1.5,
	each(like('alloc.pair.'), (cell) => mine(cell, 'low') - get(cell, 'glibc', 'low')), unit('ns'));
atMost('the same in a process with threads', 1.5,
	each(like('alloc.pair_threaded.'), (cell) => mine(cell, 'low') - get(cell, 'glibc', 'low')), unit('ns'));
atMost('processor time of a busy JSON server, to glibc', 1.01,
	each(['smallops'], (cell) => times(cell, 'glibc', 'cpu_seconds')), ratio);
atMost('bursts of small objects after large ones in other runtimes, processor time to glibc', 1.03,
	each(like('small_bursts_'), (cell) => times(cell, 'glibc', 'cpu_seconds')), ratio);
atMost("processor time of Node's start, to glibc", 1.01,
	each(['startup'], (cell) => times(cell, 'glibc', 'cpu_seconds')), ratio);
atMost('scratch get+put, any class, one thread', 10, each(scratch('class.'), (cell) => mine(cell)), unit('ns'));
atMost('the same on all cores, to one thread', 1.1,
	each(scratch('mixed.'), (cell) => mine(cell) / mine('scratch.mixed.1_threads.weir')), ratio);
atMost('a block of 1 GB, median', 1000, each(lazy.filter((cell) => cell.endsWith('.1G')), (cell) => mine(cell)), unit('us'));
atMost('a block of 1 GB, 99th percentile', 1000,
	each(lazy.filter((cell) => cell.endsWith('.1G')), (cell) => mine(cell, 'p99')), unit('us'));
atMost('the slowest size from 10 MB to 8 GB, median', 1000, each(lazy, (cell) => mine(cell)), unit('us'));
atMost('the same, 99th percentile', 1000, each(lazy, (cell) => mine(cell, 'p99')), unit('us'));
atLeast('sparse buffers, speed to fresh pages', 0.9, each(['sparse_zero'], (cell) => speed(cell, ['pinned'], 'seconds')), ratio);
atMost('sparse buffers, mean memory to fresh pages', 1.15,
	each(['sparse_zero'], (cell) => times(cell, 'pinned', 'rss_mean')), ratio);
atLeast('sparse calloc in C, speed to fresh pages', 0.9, each(like('alloc.sparse.'), (cell) => speed(cell, ['pinned'])), ratio);
atMost('sparse calloc in C, memory to fresh pages', 1.15,
	each(like('alloc.sparse.'), (cell) => times(cell, 'pinned', 'peak_mb')), ratio);
atLeast('calloc+fill+free, speed to fresh pages', 5, each(loops, (cell) => speed(cell, ['pinned'])), ratio);
atLeast('calloc+fill+free, speed to the best peer', 1, each(loops, (cell) => speed(cell, ['glibc', 'trim1s', ...OTHERS])), ratio);
atLeast('24 sizes from 4 to 100 MB, speed to fresh pages', 5, each(sweep, (cell) => speed(cell, ['pinned'])), ratio);
atLeast('24 sizes from 4 to 100 MB, speed to the best peer', 1, each(sweep, (cell) => speed(cell, ['glibc', 'trim1s', ...OTHERS])), ratio);
atMost('1 to 64 threads, cost of an operation to one thread', 1.1,
	each(like('alloc.threads.'), (cell) => mine(cell) / mine('alloc.threads.1')), ratio);
atMost('among 100,000 live blocks, to the best peer', 1,
	each(['alloc.live.100000'], (cell) => 1 / speed(cell, ['glibc', 'trim1s', ...OTHERS])), ratio);
atMost('mappings with 100,000 live blocks, every other freed', 65530, each(['alloc.live.every_other_freed'], (cell) => mine(cell)), (value) => String(value));
atMost('the slowest malloc of a mixed load, 99th percentile, to glibc', 1,
	each(['alloc.each.malloc'], (cell) => times(cell, 'glibc', 'p99')), ratio);
atLeast('hex of 20 MB, speed to glibc', 2, each(['hex20'], (cell) => speed(cell, ['glibc'], 'seconds')), ratio);
atLeast('hex of 20 MB, speed to the best peer', 1, each(['hex20'], (cell) => speed(cell, OTHERS, 'seconds')), ratio);
atMost('left 5 s after bursts of 1 GB in C, to pinned', 1.1, each(['alloc.burst.left'], (cell) => times(cell, 'pinned')), ratio);
atMost('processor time while idle', 0.1, each(['alloc.burst.idle_cpu'], (cell) => mine(cell)), unit('%'));
atMost('killed in a cgroup of 1.2 x the live peak', 0, each(['alloc.limit.killed'], (cell) => mine(cell)), unit('times'));
atMost('growth over 1000 x 1 MB', 10240, each(['scratch.growth.1000x1M.weir'], (cell) => mine(cell)), unit('KB'));
atMost('growth over 10 000 encodings', 1, each(['scratch.growth.10000_encodes.weir'], (cell) => mine(cell)), unit('KB'));
atMost('waste just above a power of two', 50, each(['scratch.waste.boundary.weir'], (cell) => mine(cell)), unit('%'));
atMost('waste on average', 15, each(['scratch.waste.mean.weir'], (cell) => mine(cell)), unit('%'));
atMost("waste on the example's sizes", 15, each(['file_digest'], (cell) => mine(cell, 'waste_percent')), unit('%'));
atLeast('hit rate in steady state', 95, each(['scratch.hits.steady.weir'], (cell) => mine(cell)), unit('%'));
atLeast('hit rate of the example, its start included', 95, each(['file_digest'], (cell) => mine(cell, 'hit_percent')), unit('%'));

// Heading, how to tell, what is wanted (-: at most; 0: nothing) of each workload. Processor time
// is no goal: it tells what time hides on a machine that others use.
const COLUMNS = [
	['speed to tcmalloc', (cell) => speed(cell, ['tcmalloc'], 'seconds'), 1],
	['cpu to tcmalloc', (cell) => times(cell, 'tcmalloc', 'cpu_seconds'), 0],
	['speed to trim1s', (cell) => speed(cell, ['trim1s'], 'seconds'), 1],
	['idle memory to pinned', (cell) => times(cell, 'pinned', 'rss_idle'), -1.1],
	['idle memory to trim1s', (cell) => times(cell, 'trim1s', 'rss_idle'), -1.1],
	['peak to glibc', (cell) => times(cell, 'glibc', 'rss_peak'), -1.15],
	['mean to glibc', (cell) => times(cell, 'glibc', 'rss_mean'), -1.1],
];

const bold = (text, reached) => (reached ? text : `**${text}**`);

function workloadRow(cell) {
	const texts = COLUMNS.map(([, measure, wanted]) => {
		const value = measure(cell);
		if (!Number.isFinite(value))
			return '-';
		return bold(ratio(value), wanted >= 0 ? value >= wanted : value <= -wanted);
	});
	return `| \`${cell}\` | ${texts.join(' | ')} |`;
}

console.log('| goal | wanted | measured, worst case | |\n|---|---|---|---|');
for (const [goal, wanted, measured, reached] of rows)
	console.log(`| ${goal} | ${wanted} | ${measured} | ${bold(reached ? 'reached' : 'not reached', reached)} |`);

const workloads = SERVER_LIKE.filter((cell) => cells.includes(cell));
if (workloads.length > 0) {
	const wanted = (value) => (value === 0 ? '' : `${value > 0 ? '>=' : '<='} ${Math.abs(value)}`);
	console.log(`\n| workload | ${COLUMNS.map(([heading]) => heading).join(' | ')} |`);
	console.log(`|---|${COLUMNS.map(() => '---|').join('')}`);
	console.log(`| wanted | ${COLUMNS.map(([, , value]) => wanted(value)).join(' | ')} |`);
	for (const cell of workloads)
		console.log(workloadRow(cell));
}
