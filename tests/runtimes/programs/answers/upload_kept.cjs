// SPDX-License-Identifier: Apache-2.0
// Uploads are put together in memory and kept.
// expect: held
const net = require('node:net');
const files = new Map();
let n = 0;
const server = net.createServer((socket) => {
	const pieces = [];
	socket.on('data', (piece) => pieces.push(piece));
	socket.on('end', () => {
		files.set(n++, Buffer.concat(pieces)); // cause
		socket.end();
	});
});
const body = Buffer.alloc(700_000, 7);
server.listen(0, () => setInterval(() => {
	const client = net.connect(server.address().port, () => client.end(body));
	client.resume();
}, 80));
