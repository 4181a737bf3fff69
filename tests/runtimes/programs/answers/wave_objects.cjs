// SPDX-License-Identifier: Apache-2.0
// Orders rise and fall each nine seconds, as objects.
// expect: innocent
const open = new Map();
let n = 0, t = 0;
setInterval(() => {
	t += 0.02;
	const want = Math.round(60000 + 55000 * Math.sin(t * 2 * Math.PI / 9));
	while (open.size < want) open.set(n++, { id: n, lines: [{ sku: 'a' + n, qty: 1 }, { sku: 'b' + n, qty: 2 }], at: new Date() });
	for (const k of open.keys()) { if (open.size <= want) break; open.delete(k); }
}, 20);
