// SPDX-License-Identifier: Apache-2.0
// Blocks from lines of many shapes, whose sizes say which line each is of: shapes.cjs ROUNDS says how many there were.
'use strict';
let blocks = 0;
const rounds = Number(process.argv[2] || 100);
const L = (line) => {
	blocks++;
	return 200000 + line * 64;
};
class P {
	#x = new ArrayBuffer(L(11));
	static s = new ArrayBuffer(L(12));
	static { new ArrayBuffer(L(13)); }
	y = (() => new ArrayBuffer(L(14)))();
	#m() { return new ArrayBuffer(L(15)); }
	get #g() { return new ArrayBuffer(L(16)); }
	m() { return [this.#m(), this.#g]; }
	[Symbol.toPrimitive]() { new ArrayBuffer(L(18)); return 1; }
	toJSON() { new ArrayBuffer(L(19)); return 2; }
	*[Symbol.iterator]() { yield new ArrayBuffer(L(20)); yield* this.inner(); }
	*inner() { try { yield new ArrayBuffer(L(21)); } finally { new ArrayBuffer(L(21)); } }
}
function defaults(a = new ArrayBuffer(L(23)),
	b = (() => new ArrayBuffer(L(24)))(),
	{ c = new ArrayBuffer(L(25)) } = {}) { return [a, b, c]; }
const bound = function (n) { return new ArrayBuffer(n); }.bind(null);
function tag(s, ...v) { return new ArrayBuffer(L(27)); }
const proxy = new Proxy({}, {
	get(t, k) { return new ArrayBuffer(L(29)); },
	has() { new ArrayBuffer(L(30)); return true; },
	ownKeys() { new ArrayBuffer(L(31)); return ['a']; },
	getOwnPropertyDescriptor() { new ArrayBuffer(L(32)); return { configurable: true, enumerable: true, value: 1 }; },
	deleteProperty() { new ArrayBuffer(L(33)); return true; },
	defineProperty(t, k, d) { new ArrayBuffer(L(34)); return Reflect.defineProperty(t, k, d); },
});
function oneOf(k) {
	return k % 2
		? new ArrayBuffer(L(38))
		: (k, k + 1,
			new ArrayBuffer(L(40)));
}
function tpl(k) {
	return `a ${k}
	${new ArrayBuffer(L(44)).byteLength}
	${[new ArrayBuffer(
		L(45)).byteLength,
	k].map((x) =>
		new ArrayBuffer(L(48)).byteLength)}`;
}
const o = {
	f: { g(n) { return new ArrayBuffer(L(51)); } },
	get z() { return new ArrayBuffer(L(52)); }, valueOf() { new ArrayBuffer(L(52)); return 1; },
	toString() { new ArrayBuffer(L(53)); return 'x'; },
};
function opt(k) {
	return o?.f
		?.g?.(
			k);
}
async function* agen() { yield new ArrayBuffer(L(60)); await null; yield new ArrayBuffer(L(60)); }
function lng(a,
	b,
	c) {
	return a.byteLength +
		b.byteLength + c.byteLength;
}
function multi() {
	return lng(
		new ArrayBuffer(L(69)),
		new ArrayBuffer(L(70)), new
		ArrayBuffer(L(70)));
}
function catcher() {
	try { null.x; } catch ({ message = new ArrayBuffer(L(74)) }) { new ArrayBuffer(L(74)); } finally { new ArrayBuffer(L(74)); }
}
const sub = class extends P { z = new ArrayBuffer(L(76)); };
function logical(k) {
	let x = null;
	x ??= new ArrayBuffer(L(79));
	x &&= new ArrayBuffer(L(80));
	return k || new ArrayBuffer(L(81)),
		x;
}
function destr() {
	const [a, { b = new ArrayBuffer(
		L(85)) }, ...r] = [1, {},
		new ArrayBuffer(L(87))];
	return [a, b, r];
}
function sw(k) {
	switch (true) {
		case new ArrayBuffer(L(92)).byteLength === 1: return 1;
		case k > 1:
			new ArrayBuffer(L(94));
		default: new ArrayBuffer(L(95));
	}
}
function label() {
	outer: for (const i of [1, 2]) for (let j = new ArrayBuffer(L(99)).byteLength * 0; j < 3; j++, new ArrayBuffer(L(99)))
		if (j == 2) continue outer;
		else new ArrayBuffer(L(101));
}
function rec(n) {
	return n ? rec(n - 1)
		: new ArrayBuffer(L(105));
}
const lvl1 = (n) => new ArrayBuffer(n);
const lvl2 = (n) => lvl1(n);
const lvl3 = (n) => lvl2(n);
function throwing(k) {
	try {
		if (k & 1) throw new Error(String(new ArrayBuffer(L(112)).byteLength));
		new ArrayBuffer(L(113));
	} catch (e) {
		new ArrayBuffer(L(115));
		return;
	} finally {
		new ArrayBuffer(L(118));
	}
}
const cmp = (a, b) => { new ArrayBuffer(L(121)); return a - b; };
async function main() {
	for (let r = 0; r < rounds; r++) {
		const p = new P(); p.m(); for (const x of p) if (r & 1) break; +p; JSON.stringify({ p, get q() { new ArrayBuffer(L(124)); return 1; } });
		new sub(); defaults(); bound(L(125)); tag`a${1}b`; proxy.x; 'y' in proxy; Object.keys(proxy); delete proxy.z; Reflect.defineProperty(proxy, 'w', { value: 1, configurable: true, enumerable: true }); Object.getOwnPropertyNames(proxy);
		oneOf(r); tpl(r); opt(r); o.z; +o; `${o}`; for await (const x of agen()); multi(); catcher(); logical(0); logical(1); destr(); sw(1); sw(2); label(); rec(r % 7);
		lvl3(L(127)); lvl3(
			L(127)); throwing(r);
		[3, 1, 2].sort(cmp); Array.from([1], () => new ArrayBuffer(L(129))); 'a-b'.replace(/-/, () => new ArrayBuffer(L(129)).byteLength);
		JSON.parse('{"a":1}', (k, v) => { new ArrayBuffer(L(130)); return v; }); Reflect.apply(Array.prototype.map, [1], [() => new ArrayBuffer(L(130))]);
		Reflect.construct(Uint8Array, [L(131)]); new Map([[1, 2]]).forEach(() => new ArrayBuffer(L(131))); [1, 2].flatMap(() => [new ArrayBuffer(L(131))]);
		[1, 2].reduceRight((a) => new ArrayBuffer(L(132)), 0); [...'ab'].find(() => { new ArrayBuffer(L(132)); }); Array.prototype.some.call('ab', () => { new ArrayBuffer(L(132)); });
		await Promise.all([1, 2].map(async (x) => { await null; new ArrayBuffer(L(133)); })); await new Promise((s) => { new ArrayBuffer(L(133)); s(); });
		await Promise.resolve().then(() => { new ArrayBuffer(L(134)); }).finally(() => { new ArrayBuffer(L(134)); });
		await { then(s) { new ArrayBuffer(L(135)); s(); } };
		queueMicrotask(() => new ArrayBuffer(L(136))); process.nextTick(() => new ArrayBuffer(L(136))); await null;
	}
}
main().then(() => setTimeout(() => {
	console.log(blocks);
	process.kill(process.pid, 'SIGKILL');
}, 2500));
