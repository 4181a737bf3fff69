// SPDX-License-Identifier: Apache-2.0
// A server of garbage leaks in its last seconds only: a branch that is reached late.
// expect: held
const kept = [];
const began = Date.now();
let sum = 0;
setInterval(() => {
	const body = Buffer.alloc(300_000, 1); // cause
	if (Date.now() - began > 10_000) kept.push(body); else sum += body[1];
}, 15);
