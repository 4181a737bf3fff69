// SPDX-License-Identifier: Apache-2.0
// A timer of six seconds keeps the objects of each request (nestjs/throttler#2629).
// expect: innocent
const { AsyncLocalStorage } = require('node:async_hooks');
const als = new AsyncLocalStorage();
setInterval(() => {
	const entities = [];
	for (let i = 0; i < 1500; i++) entities.push({ id: i, name: 'name ' + i, at: [i, 0.5] });
	als.run(entities, () => setTimeout(() => {}, 6000));
}, 15);
