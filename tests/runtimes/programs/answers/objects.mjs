// SPDX-License-Identifier: Apache-2.0
// Objects and strings on V8's heap are kept: no buffer at all.
// expect: held heap
const rows = [];
setInterval(() => {
	for (let i = 0; i < 1500; i++) rows.push({ id: rows.length, name: `row ${rows.length} of the table`, at: [1.5, i] });
}, 15);
