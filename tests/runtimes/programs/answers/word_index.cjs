// SPDX-License-Identifier: Apache-2.0
// An index of all words of a log.
// expect: held heap
const index = new Map();
let n = 0;
setInterval(() => {
	for (let i = 0; i < 40; i++) {
		const line = `ts=${Date.now()} level=info msg="request ${n} from user${n % 5000}" path=/api/v1/items/${n} took=${Math.random()}`;
		for (const m of line.matchAll(/\w+/g)) { const list = index.get(m[0]); list ? list.push(n) : index.set(m[0], [n]); }
		n++;
	}
}, 10);
