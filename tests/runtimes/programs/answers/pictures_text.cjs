// SPDX-License-Identifier: Apache-2.0
// Pictures are kept as text in base64.
// expect: held heap
const cache = new Map();
let n = 0;
setInterval(() => {
	const pixels = Buffer.allocUnsafe(60000).fill(n);
	cache.set('/img/' + n++, { type: 'image/webp', data: 'data:image/webp;base64,' + pixels.toString('base64') });
}, 15);
