// SPDX-License-Identifier: Apache-2.0
// The head of each chunk that comes in by a socket is kept as a view of it (nodejs/node#5799).
// expect: held
const net = require('node:net');
const heads = [];
const server = net.createServer((s) => {
	s.on('data', (chunk) => { heads.push(chunk.subarray(0, 16)); }); // cause
}).listen(0, () => {
	const c = net.connect(server.address().port);
	const body = Buffer.alloc(60_000, 1);
	setInterval(() => c.write(body), 10);
});
