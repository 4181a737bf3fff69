// SPDX-License-Identifier: Apache-2.0
// Blocks from what the runtime calls and from code that comes as text; their sizes say which line each is of, as in
// shapes.cjs: called.cjs ROUNDS says how many there were.
'use strict';
let blocks = 0;
const ring = [];
globalThis.K = (x) => ring[blocks % 16] = x;
globalThis.L = (line) => {
	blocks++;
	return 200000 + line * 64;
};
// Callbacks that the runtime calls, and code that comes from text.
const vm = require('vm'), fs = require('fs'), util = require('util'), { EventEmitter, once, on: eon } = require('events');
const { AsyncLocalStorage, AsyncResource, createHook } = require('async_hooks');
const { MessageChannel, Worker } = require('worker_threads');
const { performance, PerformanceObserver } = require('perf_hooks');
const dc = require('diagnostics_channel'), stream = require('stream'), zlib = require('zlib'), http = require('http');
const A = {};
const tick = () => new Promise(r => setImmediate(r));
A.als = async () => { const als = new AsyncLocalStorage();
	als.run(1, () => {
		K(Buffer.alloc(L(22)));
		setTimeout(() => K(Buffer.alloc(L(23))), 1);
		queueMicrotask(() => K(Buffer.alloc(L(24))));
		process.nextTick(() => K(Buffer.alloc(L(25))));
		setImmediate(() => K(Buffer.alloc(L(26))));
	});
	new AsyncResource('x').runInAsyncScope(() => K(Buffer.alloc(L(28))));
	await new Promise(r => setTimeout(r, 3)); };
A.hook = async () => {
	const h = createHook({ init(id, type) { if (type === 'QQ') K(Buffer.alloc(L(31))); },
		before() { K(Buffer.alloc(L(32))); } }).enable();
	new AsyncResource('QQ').runInAsyncScope(() => {
		K(Buffer.alloc(L(34))); });
	h.disable(); };
A.events = async () => { const e = new EventEmitter();
	e.on('a', () => K(Buffer.alloc(L(37))));
	e.once('a', function () { K(Buffer.alloc(L(38))); });
	e.emit('a');
	const t = new EventTarget();
	t.addEventListener('b', { handleEvent() { K(Buffer.alloc(L(41))); } });
	t.dispatchEvent(new Event('b'));
	const ac = new AbortController();
	ac.signal.onabort = () => K(Buffer.alloc(L(44)));
	ac.abort();
	const p = once(e, 'z'); e.emit('z');
	await p;
	K(Buffer.alloc(L(48))); };
A.chan = async () => { const { port1, port2 } = new MessageChannel();
	const p = new Promise(r => port2.on('message', m => { K(m);
		K(Buffer.alloc(L(51))); r(); }));
	port1.postMessage(new Uint8Array(10));
	const b = new ArrayBuffer(L(53));
	port1.postMessage(b, [b]);
	await p; port1.close(); port2.close(); };
A.wait = async () => { if (!Atomics.waitAsync) return; const iv = setInterval(() => 0, 1);
	const s = new Int32Array(new SharedArrayBuffer(L(57)));
	const w = Atomics.waitAsync(s, 0, 0);
	Atomics.notify(s, 0);
	await w.value;
	K(Buffer.alloc(L(61)));
	await Atomics.waitAsync(s, 0, 0, 2).value.then(() =>
		K(Buffer.alloc(L(63)))); clearInterval(iv); };
A.webstream = async () => {
	const rs = new ReadableStream({ start(c) { K(Buffer.alloc(L(65))); },
		pull(c) {
			c.enqueue(K(new Uint8Array(L(67))));
			c.close(); } });
	const ts = new TransformStream({ transform(x, c) {
		c.enqueue(K(Buffer.alloc(L(70)))); },
		flush() { K(Buffer.alloc(L(71))); } });
	for await (const x of rs.pipeThrough(ts)) {
		K(Buffer.alloc(L(73)));
	}
	const cs = new (globalThis.CompressionStream || require('stream/web').CompressionStream)('gzip');
	const w = cs.writable.getWriter(); w.write(Buffer.alloc(10)); w.close();
	for await (const x of cs.readable) K(Buffer.alloc(L(77))); };
A.stream = async () => {
	const r = stream.Readable.from((async function* () {
		yield K(Buffer.alloc(L(80)));
		await null;
		yield K(Buffer.alloc(L(82))); })());
	await stream.promises.pipeline(r, async function* (s) { for await (const x of s) {
		K(Buffer.alloc(L(84)));
		yield x; } }, new stream.Writable({ write(c, e, cb) {
		K(Buffer.alloc(L(86)));
		setImmediate(cb); }, final(cb) { K(Buffer.alloc(L(87))); cb(); } }));
	const d = zlib.createGzip(); d.on('data', () => K(Buffer.alloc(L(88)))); d.end('abc'); await once(d, 'end');
	zlib.deflate('abc', () => K(Buffer.alloc(L(89))));
	await util.promisify(zlib.gzip)('x');
	K(Buffer.alloc(L(91))); };
A.asyncgen = async () => {
	async function* g() { try {
		await null;
		K(Buffer.alloc(L(95)));
		yield 1;
		const x = await new Promise(r => setImmediate(() => { K(Buffer.alloc(L(97))); r(1); }));
		K(Buffer.alloc(L(98)));
		yield* (async function* () { K(Buffer.alloc(L(99))); yield 2; await tick(); K(Buffer.alloc(L(99))); })();
	} finally { await null;
		K(Buffer.alloc(L(101))); } }
	for await (const x of g()) K(Buffer.alloc(L(102)));
	await Promise.all([1, 2].map(async x => { await tick();
		K(Buffer.alloc(L(104))); }));
	try { await (async () => { throw await null; })(); } catch {
		K(Buffer.alloc(L(106))); }
	const th = { then(r) { K(Buffer.alloc(L(107))); r(); } };
	await th;
	await Promise.race([tick()]).then(() => K(Buffer.alloc(L(109)))).finally(() => K(Buffer.alloc(L(109))));
	if (Array.fromAsync) await Array.fromAsync(g(), x => K(Buffer.alloc(L(110))));
	if (Promise.try) await Promise.try(() => K(Buffer.alloc(L(111)))); };
A.fs = async () => {
	fs.stat('.', () => K(Buffer.alloc(L(113))));
	await fs.promises.stat('.');
	K(Buffer.alloc(L(115)));
	fs.readFile(__filename, () => { K(Buffer.alloc(L(116))); });
	const h = await fs.promises.open(__filename);
	for await (const l of h.readLines()) { K(Buffer.alloc(L(118))); break; }
	await h.close().catch(() => 0);
	await new Promise(r => setTimeout(r, 5)); };
A.perf = async () => { let o; const p = new Promise(r => o = new PerformanceObserver(l => { K(Buffer.alloc(L(121))); r(); }));
	o.observe({ entryTypes: ['mark'] }); performance.mark('a'); await p; o.disconnect();
	performance.timerify(() => K(Buffer.alloc(L(123))))();
	const c = dc.channel('q'); const f = () => K(Buffer.alloc(L(124))); c.subscribe(f); c.publish(1); c.unsubscribe(f);
	util.inspect({ [util.inspect.custom]() { K(Buffer.alloc(L(125))); return 'x'; } });
	const e = new Error('x'); Object.defineProperty(e, 'name', { get() { K(Buffer.alloc(L(126))); return 'N'; } }); void String(e);
	const old = Error.prepareStackTrace; Error.prepareStackTrace = (e, s) => { K(Buffer.alloc(L(127))); return ''; }; void new Error('a').stack; Error.prepareStackTrace = old;
	util.callbackify(async () => K(Buffer.alloc(L(128))))(() => K(Buffer.alloc(L(128))));
	await tick(); };
A.vm = async () => {
	const mk = (n, f) => `\n\n// ${n}\nfor (let i = 0; i < 2; i++)\n  K(Buffer.alloc(L(${f})));\n`;
	const id = A.vm.n = (A.vm.n || 0) + 1;
	new vm.Script(mk(1, 133), { filename: '/virt/script.js', lineOffset: 10, columnOffset: 3 }).runInThisContext();
	vm.runInThisContext(mk(2, 134), '/virt/this.js');
	vm.runInNewContext(mk(3, 135), { K, Buffer, L }, { filename: '/virt/new.js' });
	vm.compileFunction(mk(4, 136) + 'return a', ['a'], { filename: '/virt/comp.js', lineOffset: 5 })(1);
	vm.compileFunction(mk(5, 137), [], { filename: '/virt/comp2.js', parsingContext: vm.createContext({ K, Buffer, L }) })();
	(0, eval)(mk(6, 138) + '//# sourceURL=/virt/eval-' + 1 + '.js');
	eval(mk(7, 139) + '//# sourceURL=webpack:///./src/foo.js?abcd');
	new Function('a', mk(8, 140) + '//# sourceURL=/virt/func.js')();
	new (Object.getPrototypeOf(async function () {}).constructor)(mk(9, 141) + '//# sourceURL=/virt/afunc.js')();
	new (Object.getPrototypeOf(function* () {}).constructor)('yield 1;' + mk(10, 142) + '//# sourceURL=/virt/gfunc.js')().return();
	for (const _ of new (Object.getPrototypeOf(function* () {}).constructor)('yield 1;' + mk(10, 143) + '//# sourceURL=/virt/gfunc.js')());
	new vm.Script(mk(11, 144), { filename: '/virt/dyn.js', importModuleDynamically() {} }).runInThisContext();
	const s = new vm.Script(mk(12, 146), { filename: '/virt/cached.js' });
	new vm.Script(mk(12, 146), { filename: '/virt/cached.js', cachedData: s.createCachedData() }).runInThisContext();
	const M = new module.constructor(); M._compile(mk(13, 147), '/virt/mod.js');
	new vm.Script(mk(14, 148), { filename: 'file:///virt/url%20x.js' }).runInThisContext();
	new vm.Script('"use strict";' + mk(15, 149), { filename: '' }).runInThisContext();
	eval('function nested() { eval(' + JSON.stringify(mk(16, 150) + '//# sourceURL=/virt/nested.js') + ') } nested()');
	if (vm.SourceTextModule) {
		const m = new vm.SourceTextModule(mk(17, 152) + 'await null;' + mk(17, 152), { identifier: '/virt/stm.mjs', lineOffset: 3, context: vm.createContext({ K, Buffer, L }) });
		await m.link(() => {}); await m.evaluate();
		const sm = new vm.SyntheticModule(['x'], function () { K(Buffer.alloc(L(154))); this.setExport('x', 1); }); await sm.link(() => {}); await sm.evaluate();
	}
};
A.inspector = async () => { const s = new (require('inspector').Session)(); s.connect();
	s.post('Runtime.evaluate', { expression: '\nK(Buffer.alloc(L(' + 158 + ')))' });
	s.post('Runtime.evaluate', { expression: '\nK(Buffer.alloc(L(' + 159 + ')))\n//# sourceURL=/virt/insp.js' });
	s.disconnect(); };
A.wasm = async () => {
	const b = new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,2,7,1,1,97,1,98,0,0,3,2,1,0,7,5,1,1,99,0,1,10,8,1,6,0,16,0,16,0,11]);
	const i = new WebAssembly.Instance(new WebAssembly.Module(b), { a: { b() { K(Buffer.alloc(L(163))); } } });
	for (let k = 0; k < 3; k++)
		i.exports.c(); };
A.temporal = async () => { if (!globalThis.Temporal) return;
	const d = { get year() { K(Buffer.alloc(L(167))); return 2020; }, month: 1, day: 1 };
	Temporal.PlainDate.from(d); };
(async () => {
	for (let i = 0; i < Number(process.argv[2] || 10); i++)
		for (const f of Object.values(A))
			await f();
	console.log(blocks);
})();
