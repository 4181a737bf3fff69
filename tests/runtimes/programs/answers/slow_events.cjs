// SPDX-License-Identifier: Apache-2.0
// Events are written to clients that have stopped reading: text waits in their sockets.
// expect: held heap
const http = require('node:http');
const net = require('node:net');
const clients = [];
const server = http.createServer((q, a) => { a.writeHead(200, { 'content-type': 'text/event-stream' }); clients.push(a); });
const state = 'x'.repeat(120000);
server.listen(0, () => {
	for (let i = 0; i < 4; i++) { const s = net.connect(server.address().port); s.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'); s.pause(); }
	setInterval(() => { for (const c of clients) c.write('data: ' + JSON.stringify({ at: Date.now(), state }) + '\n\n'); }, 80); // cause
});
