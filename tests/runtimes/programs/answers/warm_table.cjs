// SPDX-License-Identifier: Apache-2.0
// A table of objects is loaded page by page in the first ten seconds; then requests only.
// expect: innocent
const table = [];
let sum = 0;
const t = setInterval(() => {
	for (let i = 0; i < 3000; i++) table.push({ id: table.length, name: 'row ' + table.length, at: [1, 2] });
	if (table.length > 500_000) clearInterval(t);
}, 50);
setInterval(() => { sum += JSON.parse(JSON.stringify(table.slice(0, 200))).length; }, 20);
