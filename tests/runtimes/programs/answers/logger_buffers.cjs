// SPDX-License-Identifier: Apache-2.0
// A logger writes faster than its destination takes, in buffers (winstonjs/winston#1871).
// expect: held
const { Writable } = require('node:stream');
const slow = new Writable({ write(chunk, encoding, done) { setTimeout(done, 50); } });
let n = 0;
const line = 'request completed in so many ms '.repeat(30);
setInterval(() => {
	for (let i = 0; i < 100; i++)
		slow.write(`${n++} ${line}`); // cause
}, 20);
