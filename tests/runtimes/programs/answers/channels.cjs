// SPDX-License-Identifier: Apache-2.0
// Each tenant subscribes to a channel of its own name, and nobody unsubscribes.
// expect: held
const dc = require('node:diagnostics_channel');
let n = 0;
setInterval(() => {
	const buffer = Buffer.alloc(160_000, 1); // cause
	dc.channel('tenant ' + n++).subscribe(() => buffer.fill(0));
}, 25);
