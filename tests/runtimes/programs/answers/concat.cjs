// SPDX-License-Identifier: Apache-2.0
// What has come so far is put together anew with each piece, and the end never comes.
// expect: held
let pending = Buffer.alloc(0);
setInterval(() => {
	pending = Buffer.concat([pending, Buffer.alloc(120_000, 1)]); // cause
}, 40);
