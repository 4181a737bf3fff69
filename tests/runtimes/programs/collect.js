// SPDX-License-Identifier: Apache-2.0
// Garbage of every kind on three threads, with collections forced between: for a while given in
// milliseconds. Whatever walks the stacks of its allocations must survive it.
'use strict';
const { Worker, isMainThread } = require('worker_threads');
const crypto = require('crypto'), fs = require('fs'), zlib = require('zlib');
const end = Date.now() + Number(process.argv[2] || 1000);
const kept = [];
let objects = [];
function churn(i) {
	for (let k = 0; k < 1000; k++)
		objects.push({ k, text: 'x' + k, list: [k, k + 1] });
	if (objects.length > 20000)
		objects = [];
	const text = JSON.stringify(objects.slice(0, 50));
	JSON.parse(text);
	kept[i % 50] = Buffer.alloc(1000 * (i % 400));
	kept[50 + i % 50] = zlib.deflateSync(Buffer.from(text));
	crypto.createHash('sha1').update(text).digest();
	new Function('a', `return a + ${i}`)(1);
	/(a+)+b/.test(text.slice(0, 20));
	[3, 1, 2].sort((a, b) => a - b).map((x) => new Uint8Array(x * 100));
	structuredClone({ buffer: kept[i % 50] });
	fs.readFileSync(__filename);
	if (global.gc && i % 20 === 0)
		global.gc();
}
async function main() {
	for (let i = 0; Date.now() < end; i++) {
		churn(i);
		await null;
		if (i % 50 === 0)
			await new Promise((resolve) => setImmediate(resolve));
	}
}
if (isMainThread) {
	const workers = [0, 1].map(() => new Worker(__filename, { argv: process.argv.slice(2) }));
	// Those that come and go take their isolates with them.
	const short = setInterval(() => new Worker('1', { eval: true }), 50);
	main().then(() => {
		clearInterval(short);
		console.log('done', workers.length);
	});
} else {
	main();
}
