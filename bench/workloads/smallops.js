// SPDX-License-Identifier: Apache-2.0
// The guard: a busy JSON server in which nothing is large. An allocator for large blocks shall
// not be felt here.
'use strict';

const http = require('http');
const { inParallel, start } = require('./workload.js');

const WIDTH = 16;
const ORDER = JSON.stringify({
	customer: 'Ada', lines: Array.from({ length: 12 }, (_, i) => ({ id: i, title: `item ${i}`, price: i * 1.5 })),
});

function serve(request, response) {
	let text = '';
	request.setEncoding('utf8');
	request.on('data', (part) => (text += part));
	request.on('end', () => {
		const order = JSON.parse(text);
		const total = order.lines.reduce((sum, line) => sum + line.price, 0);
		response.setHeader('content-type', 'application/json');
		response.end(JSON.stringify({ ...order, total, tags: order.lines.map((line) => line.title) }));
	});
}

function ask(port, agent) {
	return new Promise((resolve, reject) => {
		const request = http.request({ port, agent, host: '127.0.0.1', method: 'POST' }, (response) => {
			let answer = '';
			response.setEncoding('utf8');
			response.on('data', (part) => (answer += part));
			response.on('end', () => resolve(JSON.parse(answer)));
		});
		request.on('error', reject);
		request.end(ORDER);
	});
}

start({
	async setUp() {
		const server = http.createServer(serve);
		await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
		return { server, agent: new http.Agent({ keepAlive: true, maxSockets: WIDTH }) };
	},
	async run({ server, agent }, scale) {
		const requests = Math.ceil(60000 * scale);
		const { port } = server.address();
		await inParallel(WIDTH, requests, async () => {
			if ((await ask(port, agent)).total !== 99)
				throw new Error('wrong total');
		});
		return { bytes: requests * ORDER.length, ops: requests };
	},
	tearDown({ server, agent }) {
		agent.destroy();
		server.close();
	},
});
