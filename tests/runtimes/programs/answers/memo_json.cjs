// SPDX-License-Identifier: Apache-2.0
// Answers of half a megabyte are memoized by their address, as text.
// expect: held heap
const memo = new Map();
let n = 0;
setInterval(() => {
	const rows = Array.from({ length: 6000 }, (_, i) => ({ id: i + n, name: `row ${i}`, price: i / 7 }));
	memo.set('/list?page=' + n++, JSON.stringify(rows));
}, 100);
