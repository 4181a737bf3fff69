// SPDX-License-Identifier: Apache-2.0
// Each answer has a compressor, and those of clients that hang up are never ended (vercel/next.js#96173).
// expect: held
const zlib = require('node:zlib');
const page = Buffer.from('<li>an entry of the list</li>'.repeat(400));
const answers = [];
let n = 0;
setInterval(() => {
	const gzip = zlib.createGzip(); // cause
	gzip.on('data', () => {});
	gzip.write(page);
	if (n++ % 2) gzip.end(); else answers.push(gzip);
}, 25);
