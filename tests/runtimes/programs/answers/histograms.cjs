// SPDX-License-Identifier: Apache-2.0
// Each user has a histogram of latencies (hdr_histogram's table is 350 KB).
// expect: held
const { createHistogram } = require('node:perf_hooks');
const users = new Map();
let n = 0;
setInterval(() => {
	const h = createHistogram(); // cause
	for (let i = 0; i < 2000; i++) h.record(1 + Math.floor(Math.exp(Math.random() * 30)));
	users.set('user ' + n++, h);
}, 25);
