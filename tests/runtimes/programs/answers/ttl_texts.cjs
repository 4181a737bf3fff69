// SPDX-License-Identifier: Apache-2.0
// Sessions of eight seconds, as objects and text: swept each second.
// expect: innocent
const sessions = new Map();
let n = 0;
setInterval(() => {
	for (let i = 0; i < 10; i++)
		sessions.set(n++, { at: Date.now(), cart: Array.from({ length: 60 }, (_, k) => ({ k, name: 'thing ' + n + k })) });
}, 15);
setInterval(() => {
	const old = Date.now() - 8000;
	for (const [id, s] of sessions) if (s.at < old) sessions.delete(id);
}, 1000);
