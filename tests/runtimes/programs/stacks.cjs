// SPDX-License-Identifier: Apache-2.0
// Allocates from as many places of the runtime as a short program reaches, on its own thread and on others.
'use strict';
const zlib = require('node:zlib');
const crypto = require('node:crypto');
const fs = require('node:fs');
const { Worker } = require('node:worker_threads');
const kept = [];
for (let i = 0; i < 30; i++) {
	const bytes = zlib.gzipSync(Buffer.alloc(300000, i));
	kept.push(zlib.gunzipSync(bytes), crypto.randomBytes(200000).toString('hex'), JSON.stringify({ i, bytes }));
	kept.push(new Function('a', `return [a, ${i}].map((x) => ({ x }))`)(i), structuredClone({ i, at: new Date(i) }));
	kept.push(new Intl.NumberFormat('de').format(i * 1.5), 'ä'.normalize('NFD'), /(\d+)-(?<x>\w*)/u.exec(`${i}-x`));
}
[3, 1, 2].sort((a, b) => kept.push({ a, b }));
fs.readFile(__filename, () => fs.promises.readdir(__dirname).then(() => zlib.gzip(Buffer.alloc(1e6), () => {})));
crypto.scrypt('a', 'b', 32, () => {});
new Worker('const kept = []; for (let i = 0; i < 20; i++) kept.push(Buffer.alloc(200000, i).toString("base64"))', { eval: true });
