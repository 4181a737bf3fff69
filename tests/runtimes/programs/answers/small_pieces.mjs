// SPDX-License-Identifier: Apache-2.0
// Many pieces below 128 KB are kept.
// expect: held
const pieces = [];
setInterval(() => {
	for (let i = 0; i < 10; i++) pieces.push(Buffer.alloc(40_000, 1)); // cause
}, 40);
