// SPDX-License-Identifier: Apache-2.0
// A few letters of a large text keep all of it, on V8's heap.
// expect: held heap
const ids = [];
const body = Buffer.alloc(1_500_000, 'data, data '.repeat(30) + '\u00e9');
setInterval(() => {
	const text = body.toString(); // cause
	ids.push(text.slice(40, 76));
}, 120);
