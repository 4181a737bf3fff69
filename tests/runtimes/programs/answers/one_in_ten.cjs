// SPDX-License-Identifier: Apache-2.0
// Of the buffers of one line one in ten is kept.
// expect: held
const kept = [];
let n = 0, sum = 0;
function buffer() {
	return Buffer.alloc(200_000, 1); // cause
}
setInterval(() => {
	const b = buffer();
	if (n++ % 10 === 0) kept.push(b); else sum += b[5];
}, 8);
