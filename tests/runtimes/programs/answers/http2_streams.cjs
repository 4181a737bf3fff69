// SPDX-License-Identifier: Apache-2.0
// Calls over HTTP/2 are never ended, and what they were sent waits in them (grpc/grpc-node#1332).
// expect: held
const http2 = require('node:http2');
const server = http2.createServer();
server.on('stream', (stream) => {
	stream.respond({ ':status': 200 });
	stream.write(Buffer.alloc(150_000, 1)); // cause
});
server.listen(0, () => {
	let client, calls = 0;
	setInterval(() => {
		if (calls++ % 80 === 0) client = http2.connect(`http://127.0.0.1:${server.address().port}`);
		client.request({ ':path': '/' }).on('response', () => {});
	}, 40);
});
