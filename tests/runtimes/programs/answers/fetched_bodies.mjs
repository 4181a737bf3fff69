// SPDX-License-Identifier: Apache-2.0
// Bodies that are fetched are kept as ArrayBuffers (nodejs/undici#2143).
// expect: held
import http from 'node:http';
const page = Buffer.alloc(350000, 1);
const server = http.createServer((q, a) => a.end(page)).listen(0);
await new Promise((ok) => server.once('listening', ok));
const kept = [];
for (;;) {
	const r = await fetch(`http://127.0.0.1:${server.address().port}/`);
	kept.push(await r.arrayBuffer()); // cause
	await new Promise((ok) => setTimeout(ok, 50));
}
