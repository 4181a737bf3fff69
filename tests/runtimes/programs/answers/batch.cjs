// SPDX-License-Identifier: Apache-2.0
// A job builds a table of objects each three seconds, and drops it.
// expect: innocent
function job() {
	const rows = [];
	for (let i = 0; i < 250_000; i++) rows.push({ i, name: 'row ' + i, at: [i] });
	return rows.reduce((a, r) => a + r.i, 0);
}
setInterval(job, 3000);
