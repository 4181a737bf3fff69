// SPDX-License-Identifier: Apache-2.0
// A server of JSON answers all the time.
// expect: innocent
const http = require('node:http');
const rows = Array.from({ length: 500 }, (_, i) => ({ i, name: 'row ' + i, at: [i, i / 3] }));
const server = http.createServer((request, answer) => {
	answer.end(JSON.stringify(rows.map((row) => ({ ...row, now: Date.now() }))));
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
function ask() {
	http.get({ port: server.address().port, agent }, (answer) => {
		let text = '';
		answer.setEncoding('utf8');
		answer.on('data', (piece) => { text += piece; });
		answer.on('end', () => {
			JSON.parse(text);
			setTimeout(ask, 5);
		});
	});
}
server.listen(0, () => {
	for (let i = 0; i < 4; i++) ask();
});
