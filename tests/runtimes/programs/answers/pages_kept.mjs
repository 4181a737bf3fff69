// SPDX-License-Identifier: Apache-2.0
// Pages that are fetched are kept as text.
// expect: held heap
import http from 'node:http';
const page = 'word '.repeat(60_000);
const server = http.createServer((q, a) => a.end(page)).listen(0);
await new Promise((ok) => server.once('listening', ok));
const url = `http://127.0.0.1:${server.address().port}/`;
const index = [];
for (;;) {
	const text = await (await fetch(url)).text();
	index.push(text);
	await new Promise((ok) => setTimeout(ok, 40));
}
