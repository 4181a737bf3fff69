// SPDX-License-Identifier: Apache-2.0
// A history of the last hundred thousand events, as objects.
// expect: innocent
const ring = new Array(100_000);
let n = 0;
setInterval(() => {
	for (let i = 0; i < 400; i++)
		ring[n++ % ring.length] = { n, text: 'event ' + n, at: [Date.now(), n] };
}, 10);
