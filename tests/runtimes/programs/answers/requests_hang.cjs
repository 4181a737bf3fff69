// SPDX-License-Identifier: Apache-2.0
// A handler forgets to answer when the upstream fails; what listens for the end of each such answer keeps its body.
// expect: held
const http = require('node:http');
const server = http.createServer(async (q, a) => {
	const parts = [];
	for await (const part of q) parts.push(part);
	const body = Buffer.concat(parts); // cause
	a.on('close', () => body.length);
	if (body[0] === 0) a.end('done');
}).listen(0, () => {
	let n = 0;
	setInterval(() => {
		const r = http.request({ port: server.address().port, method: 'POST', agent: false }, (s) => s.resume());
		r.on('error', () => {});
		r.end(Buffer.alloc(140_000, n++ % 2));
	}, 25);
});
