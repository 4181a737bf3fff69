// SPDX-License-Identifier: Apache-2.0
// Large bodies over HTTP on the loopback, both ways, several at a time. Prints digests.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import http from 'node:http';

const digest = (data) => createHash('sha1').update(data).digest('hex').slice(0, 16);

function collect(stream) {
	return new Promise((resolve, reject) => {
		const chunks = [];
		stream.on('data', (chunk) => chunks.push(chunk));
		stream.on('end', () => resolve(Buffer.concat(chunks)));
		stream.on('error', reject);
	});
}

const server = http.createServer(async (request, response) => {
	const body = await collect(request);
	response.end(body.toString(request.url === '/hex' ? 'hex' : 'base64'));
});
// A connection that idles on a slow machine is not to be closed under its next request.
server.keepAliveTimeout = 0;
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

function send(url, body) {
	return new Promise((resolve, reject) => {
		const request = http.request({ host: '127.0.0.1', port, path: url, method: 'POST' },
			(response) => resolve(collect(response)));
		request.on('error', reject);
		request.end(body);
	});
}

for (let round = 0; round < 3; round++) {
	const answers = await Promise.all(Array.from({ length: 16 }, async (unused, i) => {
		const url = i % 2 ? '/hex' : '/base64';
		const body = Buffer.alloc(70000 + i * i * 40000, `body ${i} of round ${round} `);
		const answer = await send(url, body);
		if (!Buffer.from(answer.toString('latin1'), url.slice(1)).equals(body))
			throw new Error(`the answer to body ${i} does not lead back to it`);
		return `${answer.length} ${digest(answer)}`;
	}));
	console.log(answers.join('\n'));
}
const fetched = await fetch(`http://127.0.0.1:${port}/hex`, { method: 'POST', body: 'x'.repeat(5e6) });
console.log('fetch', digest(Buffer.from(await fetched.arrayBuffer())));
server.close();
server.closeAllConnections?.();
