// SPDX-License-Identifier: Apache-2.0
// A logger writes faster than its destination takes, in text (pinojs/pino#1781).
// expect: held heap
const { Writable } = require('node:stream');
const slow = new Writable({
	decodeStrings: false,
	write(chunk, encoding, done) { setTimeout(done, 5); },
});
let n = 0;
setInterval(() => {
	for (let i = 0; i < 150; i++) {
		const entry = { level: 30, time: Date.now(), n: n++, msg: 'request completed', url: '/api/' + n };
		slow.write(JSON.stringify(entry) + '\n');
	}
}, 10);
