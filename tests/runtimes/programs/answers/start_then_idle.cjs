// SPDX-License-Identifier: Apache-2.0
// A start loads a table of objects, and little happens then.
// expect: innocent
const table = new Map();
for (let i = 0; i < 400_000; i++) table.set('key ' + i, { i, name: 'name ' + i, at: [i, 1.5] });
let sum = 0;
setInterval(() => {
	for (let i = 0; i < 1000; i++) sum += JSON.stringify(table.get('key ' + i * 397)).length;
}, 20);
