// SPDX-License-Identifier: Apache-2.0
// A cache of sixty pictures replaces the oldest.
// expect: plateau
const cache = [];
let at = 0;
setInterval(() => {
	cache[at++ % 60] = Buffer.alloc(500_000, at); // cause
}, 15);
