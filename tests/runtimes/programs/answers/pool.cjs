// SPDX-License-Identifier: Apache-2.0
// A pool of forty buffers warms up.
// expect: plateau
const free = [];
let made = 0;
setInterval(() => {
	let b = free.pop();
	if (b === undefined && made < 40) { made++; b = Buffer.alloc(1_000_000, 1); } // cause
	if (b !== undefined) setTimeout(() => free.push(b), 3000);
}, 70);
