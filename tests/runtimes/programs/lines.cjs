// SPDX-License-Identifier: Apache-2.0
// Allocates at marked lines, each of a shape of its own, and counts for itself: the file it is told gets how
// often each line was on the stack of an allocation. lines.cjs COUNTS ROUNDS [WORKERS]
'use strict';
const fs = require('node:fs');
const [counts, rounds] = [process.argv[2], Number(process.argv[3] || 400)];
const n = {};
const BYTES = 140000;
const kept = [];
// The lines of this file that are on the stack of an allocation that follows.
function count(...lines) {
	for (const line of lines)
		n[line] = (n[line] || 0) + 1;
	if (kept.length > 40)
		kept.length = 0;
	return BYTES;
}
// What takes place between two calls of interest, so that they are not each other's neighbours.
let sum = 0;
const busy = (k) => { sum = (sum + k * 7) % 1000003; return sum; };
function straight() {
	busy(1);
	kept.push(Buffer.alloc(count(23)));
	busy(2);
}
function inLoop(m) {
	for (let i = 0; i < m; i++) {
		sum += i % 7;
		if (i === 5)
			kept.push(new Uint8Array(count(30)));
		busy(i);
	}
}
function inWhile(m) {
	let i = 0;
	while (i < m) {
		i++;
		if (i % 50 === 0) {
			busy(i);
			kept.push(Buffer.alloc(count(40)));
		}
	}
}
function inTry(m) {
	for (let i = 0; i < m; i++) {
		try {
			if (i === 3)
				throw i;
			busy(i);
		} catch {
			kept.push(new ArrayBuffer(count(51)));
		}
	}
}
function leaf(line) {
	return new Uint8Array(count(56, line));
}
function middle(line) {
	busy(3);
	const got = leaf(line);
	busy(4);
	return got;
}
function outer(m) {
	for (let i = 0; i < m; i++) {
		busy(i);
		if (i === 7)
			kept.push(middle(68));
		if (i === 9)
			kept.push(middle(70));
	}
}
function small(k) {
	return k % 3 === 0 ? new Uint8Array(count(74)) : null;
}
function inlinedInLoop(m) {
	for (let i = 1; i < m; i++) {
		const got = small(i % 20);
		if (got !== null)
			kept.push(got);
	}
}
class Shape {
	#held = null;
	constructor(line) {
		this.#held = new Float64Array(count(86) / 8);
		busy(line);
	}
	get large() {
		return new Uint8Array(count(90));
	}
	set large(to) {
		this.#held = Buffer.alloc(count(93, to));
	}
	static make() {
		return new Shape(1);
	}
	method(m) {
		for (const k of [1, 2, 3])
			if (k === m)
				this.large = 101;
		return this.#held;
	}
}
function callbacks() {
	[1, 2, 3].forEach((k) => {
		busy(k);
		if (k === 2)
			kept.push(new Uint8Array(count(109)));
	});
	kept.push([4, 5].map((k) => (k === 5 ? new Uint8Array(count(111)) : k))[1]);
	[3, 1, 2].sort((a, b) => {
		busy(a - b);
		return a - b;
	});
	return [1, 2].reduce((a, k) => {
		kept.push(Buffer.alloc(count(117)));
		return a + k;
	}, 0);
}
function* generator() {
	for (let i = 0; i < 3; i++) {
		busy(i);
		yield new Uint8Array(count(124));
	}
}
function switched(k) {
	switch (k % 4) {
	case 0:
		return Buffer.alloc(count(130));
	case 1:
		busy(k);
		return new Uint8Array(count(133));
	case 2:
		return Buffer.concat([Buffer.alloc(1)], count(135));
	default:
		return null;
	}
}
const spread = (...all) => Buffer.from(new Array(count(140) / 100).fill(all[0]).join('x'.repeat(99)), 'latin1');
async function later(m) {
	for (let i = 0; i < m; i++) {
		await null;
		busy(i);
		kept.push(new Uint8Array(count(145)));
	}
}
function leavesInner(line) {
	if (line > 0)
		kept.push(new Uint8Array(count(150)));
	busy(line);
}
function twoOfOne() {
	for (let i = 0; i < 30; i++) {
		if (i === 11)
			leavesInner(1);
		busy(i);
		if (i === 12)
			leavesInner(2);
	}
}
const config = { limit: 10 };
let version = 0;
function changing(o, lengths) {
	let a = config.limit;
	const b = Buffer.alloc(lengths.length);
	a += b.length + config.limit;
	if (o) {
		busy(0);
		kept.push(Buffer.alloc(1));
	}
	return [a, b];
}
const lengths = (changes) => ({
	get length() {
		if (changes) {
			config.limit = 10 + ++version;
			config['k' + version] = 1;
		}
		return count(166);
	},
});
async function main() {
	for (let r = 0; r < rounds; r++) {
		straight();
		inLoop(60);
		inWhile(120);
		inTry(6);
		outer(20);
		inlinedInLoop(24);
		new Shape(r);
		kept.push(Shape.make().large);
		new Shape(2).method(2);
		callbacks();
		for (const got of generator())
			kept.push(got);
		kept.push(switched(r), spread(r));
		await later(2);
		twoOfOne();
		for (let i = 0; i < 30; i++)
			changing(null, { length: 1 });
		kept.push(changing(null, lengths(r % 37 === 5)));
	}
	fs.writeFileSync(counts, JSON.stringify(n));
}
const { Worker, isMainThread } = require('node:worker_threads');
const end = () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2500);
// So many at once do the same instead, and their counts are added up.
function workers(left) {
	const sum = {};
	for (let k = left; k > 0; k--) {
		const file = `${counts}.${k}`;
		new Worker(__filename, { argv: [file, String(rounds)] }).on('exit', () => {
			for (const [line, times] of Object.entries(JSON.parse(fs.readFileSync(file))))
				sum[line] = (sum[line] || 0) + times;
			if (--left > 0)
				return;
			fs.writeFileSync(counts, JSON.stringify(sum));
			end();
		});
	}
}
if (!isMainThread)
	main();
else if (process.argv[4])
	workers(Number(process.argv[4]));
else
	main().then(end);
