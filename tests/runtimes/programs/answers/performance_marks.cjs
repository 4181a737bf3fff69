// SPDX-License-Identifier: Apache-2.0
// Each request leaves marks and measures that nobody clears (vercel/next.js#64212).
// expect: held heap
const { performance } = require('node:perf_hooks');
let n = 0;
setInterval(() => {
	for (let i = 0; i < 150; i++) {
		performance.mark('begin ' + n, { detail: { url: '/api/items/' + n, at: Date.now() } });
		performance.measure('request ' + n, 'begin ' + n);
		n++;
	}
}, 10);
