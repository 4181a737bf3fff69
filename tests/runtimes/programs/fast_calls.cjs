// SPDX-License-Identifier: Apache-2.0
// A function of C that optimised code calls without a frame of V8's in between (a fast call), and that allocates: the
// size says by which line it is called. Wants --expose-internals.
'use strict';
const { canParse } = require('internal/test/binding').internalBinding('url');
const long = (line) => 'http://a/' + Buffer.alloc(400000 + 10000 * line, 'x').latin1Slice();
const o = { x: 1, get y() { return this.x; } };
const small = (a) => (a + o.y) | 0;
function before(u) {
	let n = small(1);
	if (n + small(n) > o.x)
		n += canParse(u) ? 1 : 0;
	return n + small(2);
}
function loop(u) {
	let r = 0;
	for (let i = 0; i < 3; i++)
		if (i === 2)
			r += canParse(u);
		else
			r += small(i);
	return r;
}
function bare(u) {
	return canParse(u);
}
const short = 'http://a/b', texts = [12, 19, 25].map(long);
function run() {
	for (let i = 0; i < 5000; i++)
		before(short), loop(short), bare(short);
	before(texts[0]);
	loop(texts[1]);
	bare(texts[2]);
}
for (let i = 0; i < 40; i++)
	run();
