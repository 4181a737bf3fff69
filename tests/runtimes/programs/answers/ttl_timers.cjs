// SPDX-License-Identifier: Apache-2.0
// A timer of six seconds keeps each request's body (nestjs/throttler#2629).
// expect: plateau
const hits = new Map();
let id = 0;
setInterval(() => {
	const request = { body: Buffer.alloc(150_000, 1) }; // cause
	const key = id++;
	hits.set(key, request);
	setTimeout(() => hits.delete(key), 6000);
}, 25);
