// SPDX-License-Identifier: Apache-2.0
// Exits while V8's helpers compile: each function is just hot enough. exits.cjs MILLISECONDS
'use strict';
const end = Date.now() + Number(process.argv[2] || 100);
const kept = [];
function hot(i) {
	return new Function('a', 'b', `let s = ${i}, o = { x: a, y: [b] };
	for (let k = 0; k < 40; k++) { s = (s * 31 + o.x + k) | 0; o = { x: s & 7, y: [k, s] }; if (s % ${i + 2} === 0) o.x += o.y.length; }
	return s + o.x;`);
}
for (let i = 0; Date.now() < end; i++) {
	const f = hot(i);
	for (let k = 0; k < 400; k++)
		f(k, i);
	if (i % 4 === 0)
		kept.push(Buffer.alloc(150000, i));
	if (kept.length > 30)
		kept.length = 0;
}
process.exit(7);
