// SPDX-License-Identifier: Apache-2.0
// Hashes that are begun are kept: native objects of a few hundred bytes.
// expect: held
const crypto = require('node:crypto');
const open = [];
setInterval(() => {
	for (let i = 0; i < 300; i++)
		open.push(crypto.createHash('sha512')); // cause
}, 20);
