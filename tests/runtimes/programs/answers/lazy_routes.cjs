// SPDX-License-Identifier: Apache-2.0
// Routes are compiled as they are first asked for, in the first twelve seconds.
// expect: innocent
const routes = new Map();
let n = 0;
const source = (i) => Array.from({ length: 120 }, (_, k) => `exports.f${i}_${k} = (a) => { const t${k} = { a, k: ${k}, text: 'route ${i} ${k}' }; return t${k}; };`).join('\n');
setInterval(() => {
	if (n < 300) { const exports = {}; new Function('exports', source(n))(exports); for (const f of Object.values(exports)) f(1); routes.set(n++, exports); }
	const r = routes.get(Math.floor(Math.random() * routes.size));
	for (const f of Object.values(r)) f(2);
}, 40);
