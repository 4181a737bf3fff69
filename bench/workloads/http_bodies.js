// SPDX-License-Identifier: Apache-2.0
// A service that takes uploads: 12 POSTs at a time of 100 KB to 20 MB over loopback, each body
// put together with Buffer.concat and encoded as hex or base64.
'use strict';

const http = require('http');
const { MB, inParallel, sizesFrom, sizesUpTo, start } = require('./workload.js');

const WIDTH = 12;
const LARGEST = 20 * MB;

function serve(request, response) {
	const chunks = [];
	request.on('data', (chunk) => chunks.push(chunk));
	request.on('end', () => {
		const body = Buffer.concat(chunks);
		const text = body.toString(request.url.slice(1));
		response.end(`${text.length} ${text.slice(-4)}`);
	});
}

function post(port, agent, encoding, body) {
	return new Promise((resolve, reject) => {
		const options = { port, agent, host: '127.0.0.1', method: 'POST', path: `/${encoding}` };
		const request = http.request(options, (response) => {
			let answer = '';
			response.setEncoding('utf8');
			response.on('data', (text) => (answer += text));
			response.on('end', () => resolve(answer));
		});
		request.on('error', reject);
		request.end(body);
	});
}

start({
	async setUp() {
		const server = http.createServer(serve);
		await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
		const agent = new http.Agent({ keepAlive: true, maxSockets: WIDTH });
		return { server, agent, source: Buffer.alloc(LARGEST, 'body') };
	},
	async run({ server, agent, source }, scale) {
		const sizes = sizesUpTo(3000 * MB * scale, sizesFrom(1, 100 * 1024, LARGEST));
		const { port } = server.address();
		await inParallel(WIDTH, sizes.length, async (i) => {
			const encoding = i % 2 ? 'hex' : 'base64';
			const answer = await post(port, agent, encoding, source.subarray(0, sizes[i]));
			const want = i % 2 ? sizes[i] * 2 : 4 * Math.ceil(sizes[i] / 3);
			if (!answer.startsWith(`${want} `))
				throw new Error(`${sizes[i]} bytes as ${encoding}: ${answer}`);
		});
		return { bytes: sizes.reduce((a, b) => a + b), ops: sizes.length };
	},
	tearDown({ server, agent }) {
		agent.destroy();
		server.close();
	},
});
