// SPDX-License-Identifier: Apache-2.0
// Each answer is made of a buffer that nobody keeps.
// expect: gc-lag
let sum = 0;
setInterval(() => {
	sum += Buffer.alloc(400_000, 1)[17]; // cause
}, 10);
