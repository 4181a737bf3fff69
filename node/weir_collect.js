// SPDX-License-Identifier: Apache-2.0
// Has V8 collect garbage when that costs nobody anything: weir's hook in Node, one in each isolate. Required first of all
// modules, through what the shim puts into NODE_OPTIONS (preload/loader/hook.c). It leaves nothing behind that the program could
// see: no listener, no handle that keeps it alive, no module in the cache, no variable. Whatever fails here is counted.
'use strict';
const { performance } = require('perf_hooks');
const threads = require('worker_threads');
const { setTimeout } = require('timers');
const { openSync, closeSync, readSync, writeSync, existsSync, readFileSync, constants } = require('fs');
const { totalmem } = require('os');

const MB = 1 << 20;
const FAST_MS = 400; // between two looks while the program works
const SLOW_MS = 6000; // and while it idles: a rest, seen a second late, is 3.5 s without any of its threads (policy/rest.c)
const IDLE_MS = 750; // for so long the event loop had next to nothing to do
const IDLE_SHARE = 0.02;
const WORK_MS = 2000; // after so much work everything may be garbage, whatever was known before
const SETTLE_MS = 60; // V8 frees buffers after the collection, on another thread
const NEED = 16 * MB; // of external memory, for a collection to be worth it
const VAIN_MS = 60e3; // what freed little is not done again for so long, then for twice as long
const VAIN_MOST_MS = 3600e3;
const LONG_MS = 600e3; // after one that took longer than it may
const LONG_MOST_MS = 86400e3;
const MS_PER_MB = 1; // of heap, until it has been measured
const NEAR = 0.8; // of the memory limit
const LIMIT_REST = 20; // between two collections near the limit, times what one takes
const IDLE = 1, LIMIT = 2;
const COMMAND_COLLECT = 5;
const AT_WORK = 1n, PUT_OFF = 2n;
const SHARED = 'weir.collect'; // in the environment data of workers

// In the order of WEIR_COLLECT_FIELDS, include/weir/collect.h. Shared by all isolates.
const FIELDS = ['token', 'state', 'modes', 'isolates', 'pause_bound_us', 'collections', 'by_idle', 'by_limit', 'by_asked',
	'in_vain', 'too_long', 'put_off', 'failures', 'last_pause_us', 'longest_pause_us', 'pauses_us', 'last_freed_bytes',
	'freed_bytes', 'last_unix_ns'];
const AT = Object.fromEntries(FIELDS.map((name, i) => [name, i]));
const ASKED = FIELDS.length; // the number of what was asked for
const DONE = ASKED + 1; // how many isolates have done it
const NEXT = ASKED + 2; // the next worker's place in what follows: when each has looked last
const ALIVE = ASKED + 3;
const WORKERS = 64;
const WORDS = ALIVE + WORKERS;

// What the program may replace later is kept as it is now.
const now = performance.now.bind(performance);
const utilization = performance.eventLoopUtilization.bind(performance);
const { memoryUsage } = process;
const { now: unixMs } = Date;
const { WeakRef } = globalThis;
const ownGc = typeof globalThis.gc === 'function' ? globalThis.gc : null;

let settings, shared, gc, channel;

const add = (name, n) => Atomics.add(shared, AT[name], BigInt(Math.max(0, Math.round(n))));
const put = (name, n) => Atomics.store(shared, AT[name], BigInt(Math.max(0, Math.round(n))));
const get = (name) => Number(Atomics.load(shared, AT[name]));

/** V8's own function; where the program was not started with --expose-gc, from a context that is nobody's. */
function findGc() {
	if (ownGc)
		return ownGc;
	const v8 = require('v8');
	v8.setFlagsFromString('--expose-gc');
	try {
		return require('vm').runInNewContext('gc');
	} finally {
		v8.setFlagsFromString('--no-expose-gc'); // contexts that the program makes shall have none
	}
}

/** The settings that the shim left in the environment, which becomes what it was before. */
function takeSettings() {
	const { WEIR_HOOK: text, NODE_OPTIONS: options } = process.env;
	if (text === undefined)
		return null;
	delete process.env.WEIR_HOOK;
	const [own, modes, pause, token, mailbox, record, kind, ...path] = text.split('\n');
	if (Number(own) > 0 && options !== undefined) {
		if (options.length <= Number(own))
			delete process.env.NODE_OPTIONS;
		else
			process.env.NODE_OPTIONS = options.slice(Number(own) + 1);
	}
	return { modes: Number(modes), pauseMs: Number(pause), token: BigInt(token), mailbox: Number(mailbox),
		record: Number(record), kind, path: path.join('\n') };
}

// --- what it has cost and gained -----------------------------------------------------------------------------------

const start = memoryUsage();
let base = start; // what had survived when it was known last
let rate = MS_PER_MB;
let vain = 0, tooLong = 0; // in a row
let notBefore = -Infinity;
let putOff = false;
let spentMs = 0; // by the hook, since the last look
let workedMs = 0; // by the program, since the last collection
let witness = new WeakRef({}); // gone once V8 has collected of its own accord

const external = (a, b) => Math.max(a.external - b.external, a.arrayBuffers - b.arrayBuffers);
const freedBetween = (a, b) => Math.max(0, external(a, b)) + Math.max(0, a.heapUsed - b.heapUsed);

function backOff(least, most, times, pauseMs) {
	notBefore = now() + Math.max(Math.min(least * 2 ** Math.min(times - 1, 30), most), LIMIT_REST * pauseMs);
}

/** How much the collection has freed is known a little later. */
function settle(why, before, right, pauseMs, done) {
	const after = memoryUsage();
	const freed = Math.max(freedBetween(before, right), freedBetween(before, after));
	put('last_freed_bytes', freed);
	add('freed_bytes', freed);
	base = { external: Math.min(right.external, after.external), arrayBuffers: Math.min(right.arrayBuffers, after.arrayBuffers) };
	const little = freed < NEED / 2 && freed < before.external / 8;
	vain = little ? vain + 1 : 0;
	if (little)
		add('in_vain', 1);
	tooLong = pauseMs > settings.pauseMs ? tooLong + 1 : 0;
	notBefore = -Infinity;
	if (little)
		backOff(why === 'by_limit' ? VAIN_MS / 6 : VAIN_MS, VAIN_MOST_MS, vain, pauseMs);
	else
		notBefore = now() + LIMIT_REST * pauseMs;
	if (tooLong > 0) {
		add('too_long', 1);
		backOff(LONG_MS, LONG_MOST_MS, tooLong, pauseMs);
	}
	setState();
	if (done)
		done();
	else if (channel)
		channel(); // who reads the sidecar shall not wait for the next look
}

function collect(why, done) {
	gc = gc || findGc();
	const before = memoryUsage();
	const began = now();
	gc();
	const pauseMs = now() - began;
	const right = memoryUsage();
	rate = Math.max(pauseMs / Math.max(8, before.heapUsed / MB), rate / 2);
	workedMs = 0;
	witness = new WeakRef({});
	putOff = false;
	add('collections', 1);
	add(why, 1);
	put('last_pause_us', pauseMs * 1e3);
	put('longest_pause_us', Math.max(get('longest_pause_us'), pauseMs * 1e3));
	add('pauses_us', pauseMs * 1e3);
	put('last_unix_ns', unixMs() * 1e6);
	setState();
	setTimeout(guarded(() => settle(why, before, right, pauseMs, done)), SETTLE_MS).unref();
	spentMs += now() - began;
}

function setState() {
	Atomics.store(shared, AT.state, AT_WORK | (putOff || tooLong > 0 ? PUT_OFF : 0n));
}

/** What is worth a collection now: bytes of external memory that no collection has looked at. */
function unproven(memory) {
	base = { external: Math.min(base.external, memory.external), arrayBuffers: Math.min(base.arrayBuffers, memory.arrayBuffers) };
	// Of external memory alone: buffers that V8 has let go, and not freed yet, are in the other figure only.
	return memory.external - (workedMs >= WORK_MS ? start : base).external;
}

function tryTo(why, memory, need) {
	if (unproven(memory) < need * 2 ** Math.min(vain, 6) || now() < notBefore)
		return;
	if (rate * memory.heapUsed / MB <= settings.pauseMs) {
		collect(why);
	} else if (!putOff) {
		putOff = true;
		add('put_off', 1);
		setState();
	} else if (now() >= notBefore + LONG_MS) {
		rate /= 2; // it was measured on a busy machine, perhaps
		notBefore = now();
	}
}

// --- the memory limit ----------------------------------------------------------------------------------------------

/** What is charged to the control group and cannot be dropped, or NaN. */
function groupBytes() {
	const read = (file) => readFileSync(file, 'latin1');
	for (const line of read('/proc/self/cgroup').split('\n')) {
		const [, names, path] = /^\d+:([^:]*):(.*)$/.exec(line) || [];
		const [folder, current, dropped] = names === '' ? ['', 'memory.current', 'inactive_file'] :
			names === 'memory' ? ['/memory', 'memory.usage_in_bytes', 'total_inactive_file'] : [];
		for (const at of current ? [path, ''] : []) {
			try {
				const place = `/sys/fs/cgroup${folder}${at}`;
				const charged = Number(read(`${place}/${current}`));
				return charged - Number(new RegExp(`^${dropped} (\\d+)$`, 'm').exec(read(`${place}/memory.stat`))[1]);
			} catch {
				continue; // a container shows the group as the root
			}
		}
	}
	return NaN;
}

function nearLimit(memory) {
	const limit = process.constrainedMemory ? process.constrainedMemory() : 0; // from Node 18.15 and 19.6 on
	if (!(limit > 0 && limit < totalmem()))
		return 0;
	let used = memory.rss;
	if (used >= limit / 8) {
		try {
			used = Math.max(used, groupBytes() || 0);
		} catch {
			// no control groups to be seen: this process alone
		}
	}
	return used >= NEAR * limit ? limit : 0;
}

// --- the sidecar ---------------------------------------------------------------------------------------------------

/** The file with our token, or null while there is none. Found once; opened for each look, for a program may count its files. */
function findSidecar() {
	const { kind, path } = settings;
	const given = path.replace(/%[p%]/g, (mark) => (mark === '%p' ? process.pid : '%'));
	const names = kind === 'given' ? [given, `${given}.${process.pid}`] :
		[`${path}.weir`, ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${path}.${n}.weir`)];
	return names.find((name) => {
		if (!existsSync(name))
			return false;
		const word = new BigUint64Array(1);
		withFile(name, (fd) => readSync(fd, word, 0, 8, settings.record));
		return word[0] === settings.token;
	}) || null;
}

function withFile(name, use) {
	const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
	const fd = openSync(name, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
	try {
		return use(fd);
	} finally {
		closeSync(fd);
	}
}

/** Those that have looked lately: who is busy for longer is not waited for. */
function workers() {
	let n = 0;
	for (let i = ALIVE; i < WORDS; i++)
		n += unixMs() - Number(Atomics.load(shared, i)) < 2 * SLOW_MS ? 1 : 0;
	return n;
}

/** What the command weir asks, and what it is told; of the main thread only. */
function makeChannel() {
	const mail = new BigUint64Array(11);
	const written = new BigInt64Array(FIELDS.length);
	const copy = new BigInt64Array(FIELDS.length);
	let file = null, taken = 0n;

	function publish(fd) {
		put('isolates', 1 + workers());
		for (let i = 0; i < copy.length; i++)
			copy[i] = Atomics.load(shared, i);
		if (copy.every((word, i) => word === written[i]))
			return;
		writeSync(fd, copy, 0, copy.byteLength, settings.record);
		written.set(copy);
	}

	function answer(request, result) {
		withFile(file, (fd) => {
			publish(fd);
			const words = new BigInt64Array([request, BigInt(result), BigInt(unixMs()) * 1000000n]);
			writeSync(fd, words, 8, 16, settings.mailbox + 72);
			writeSync(fd, words, 0, 8, settings.mailbox + 64);
		});
	}

	/** The workers' isolates follow at their next look. */
	function await_(request, until, freedBefore) {
		if (workers() > Number(Atomics.load(shared, DONE)) && now() < until)
			setTimeout(guarded(() => await_(request, until, freedBefore)), SETTLE_MS).unref();
		else
			answer(request, get('freed_bytes') - freedBefore);
	}

	return () => {
		file = file || findSidecar();
		if (file === null)
			return;
		withFile(file, (fd) => {
			publish(fd);
			readSync(fd, mail, 0, mail.byteLength, settings.mailbox);
			// The number is written after the question; within one read nothing is in order.
			if (mail[0] !== mail[8] && mail[0] !== taken)
				readSync(fd, mail, 0, mail.byteLength, settings.mailbox);
		});
		const request = mail[0];
		if (request === mail[8] || request === taken || Number(mail[1] & 0xffffffffn) !== COMMAND_COLLECT)
			return;
		taken = request;
		const freedBefore = get('freed_bytes');
		Atomics.store(shared, DONE, 0n);
		Atomics.store(shared, ASKED, request);
		collect('by_asked', () => await_(request, now() + SLOW_MS + FAST_MS, freedBefore));
	};
}

// --- looking -------------------------------------------------------------------------------------------------------

let seen = { waited: utilization().idle };
let seenMs = now();
let idleMs = 0;
let asked = 0n, place = 0; // of a worker

function look() {
	const at = now();
	const { idle: waited } = utilization(); // for something to do; nothing before the loop turns
	const worked = Math.max(0, at - seenMs - (waited - seen.waited) - spentMs);
	idleMs = worked > Math.max(5, IDLE_SHARE * (at - seenMs)) ? 0 : idleMs + at - seenMs;
	workedMs += worked;
	if (witness.deref() === undefined) {
		witness = new WeakRef({});
		// While it idled: what is there now has survived. While it worked, more garbage has come since.
		if (idleMs > 0) {
			base = memoryUsage();
			workedMs = 0;
		}
	}
	spentMs = 0;
	seen = { waited };
	seenMs = at;
	if (channel)
		channel();
	if (place > 0)
		Atomics.store(shared, place, BigInt(unixMs()));
	if (place > 0 && Atomics.load(shared, ASKED) !== asked) {
		asked = Atomics.load(shared, ASKED);
		collect('by_asked', () => Atomics.add(shared, DONE, 1n));
		return;
	}
	const idle = (settings.modes & IDLE) !== 0 && idleMs >= IDLE_MS;
	if (idle || (settings.modes & LIMIT) !== 0) {
		const memory = memoryUsage();
		const limit = (settings.modes & LIMIT) !== 0 ? nearLimit(memory) : 0;
		if (limit > 0)
			tryTo('by_limit', memory, Math.max(NEED / 2, limit / 16));
		else if (idle)
			tryTo('by_idle', memory, NEED);
	}
}

function guarded(f) {
	return () => {
		try {
			f();
		} catch {
			add('failures', 1);
		}
	};
}

function begin() {
	if (threads.isMainThread) {
		settings = takeSettings();
		if (settings === null)
			return;
		shared = new BigInt64Array(new SharedArrayBuffer(8 * WORDS));
		threads.setEnvironmentData(SHARED, { settings, shared });
		Atomics.store(shared, AT.token, settings.token);
		put('modes', settings.modes);
		put('pause_bound_us', settings.pauseMs * 1e3);
		channel = settings.path !== '' ? makeChannel() : null;
	} else {
		const data = threads.getEnvironmentData(SHARED);
		if (data === undefined)
			return;
		({ settings, shared } = data);
		asked = Atomics.load(shared, ASKED);
		place = ALIVE + Number(Atomics.add(shared, NEXT, 1n) % BigInt(WORKERS));
		new ArrayBuffer(MB); // the collections of an isolate are followed from its first large block on
	}
	setState();
	const step = guarded(look);
	const timers = {};
	const arm = (ms) => {
		if (timers[ms])
			timers[ms].refresh();
		else
			timers[ms] = setTimeout(() => {
				step();
				arm(idleMs >= IDLE_MS ? SLOW_MS : FAST_MS);
			}, ms).unref();
	};
	arm(FAST_MS);
}

// Nobody shall find the module either, nor be kept from starting by it.
try {
	begin();
} catch {
	// without the hook, then
}
delete require.cache[__filename];
