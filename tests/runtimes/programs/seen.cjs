// SPDX-License-Identifier: Apache-2.0
// What a program sees of its own process, twice: as it starts, and a second later.
'use strict';
const fs = require('fs');
function tell() {
	const env = Object.entries(process.env).filter(([name]) => /^(NODE|WEIR)/.test(name) && name !== 'WEIR_OPTIONS');
	console.log(JSON.stringify({
		env: env.sort(),
		argv: [process.argv.slice(1), process.execArgv],
		cache: Object.keys(require.cache),
		children: module.children.map(({ id }) => id),
		listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]),
		handles: process._getActiveHandles().length,
		requests: process._getActiveRequests().length,
		resources: (process.getActiveResourcesInfo || (() => []))().sort(),
		gc: [typeof globalThis.gc, require('vm').runInNewContext('typeof gc')],
		globals: Object.getOwnPropertyNames(globalThis).length,
		files: fs.readdirSync('/proc/self/fd').length,
	}));
}
tell();
setTimeout(tell, 1200);
process.on('exit', () => console.log('exit'));
process.exitCode = 7;
