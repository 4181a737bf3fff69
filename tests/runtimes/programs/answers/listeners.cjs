// SPDX-License-Identifier: Apache-2.0
// Each request leaves a listener that remembers its body.
// expect: held
const { EventEmitter } = require('node:events');
const bus = new EventEmitter();
bus.setMaxListeners(0);
setInterval(() => {
	const body = Buffer.alloc(200_000, 1); // cause
	bus.on('reload', () => body.length);
}, 40);
