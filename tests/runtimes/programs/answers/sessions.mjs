// SPDX-License-Identifier: Apache-2.0
// Sessions are put into a map and never taken out.
// expect: held
const sessions = new Map();
let id = 0;
setInterval(() => {
	sessions.set(id++, Buffer.alloc(400_000, 1)); // cause
}, 50);
