// SPDX-License-Identifier: Apache-2.0
// Sessions are kept as text in an object, as in the examples of session stores.
// expect: held heap
const { randomUUID } = require('node:crypto');
const sessions = Object.create(null);
setInterval(() => {
	for (let i = 0; i < 15; i++) {
		const cart = Array.from({ length: 40 }, (_, k) => ({ k, price: Math.random() }));
		sessions[randomUUID()] = JSON.stringify({ cart, user: randomUUID() });
	}
}, 15);
