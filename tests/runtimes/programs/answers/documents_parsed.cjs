// SPDX-License-Identifier: Apache-2.0
// Documents of three megabytes are parsed, looked through and dropped; the last two are kept.
// expect: innocent
const text = JSON.stringify(Array.from({ length: 25000 }, (_, i) => ({ id: i, name: 'entry ' + i, tags: ['a' + i, 'b'], at: { x: i / 3, y: i / 7 } })));
const last = [];
let sum = 0;
setInterval(() => {
	const document = JSON.parse(text);
	for (const entry of document) sum += entry.at.x;
	last.push(document);
	if (last.length > 2) last.shift();
}, 250);
