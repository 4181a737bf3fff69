// SPDX-License-Identifier: Apache-2.0
// The first bytes of each message are kept, and with them the piece of a pool that they lie in.
// expect: held
const heads = [];
setInterval(() => {
	for (let i = 0; i < 60; i++) {
		const message = Buffer.from('message '.repeat(250)); // cause
		heads.push(message.subarray(0, 12));
	}
}, 10);
