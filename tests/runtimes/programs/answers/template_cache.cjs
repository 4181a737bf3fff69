// SPDX-License-Identifier: Apache-2.0
// Compiled templates are cached by their text, which has the user's name in it (vuejs/core#7947).
// expect: held heap
const cache = new Map();
function compile(text) {
	let fn = cache.get(text);
	if (!fn) {
		const parts = text.split(/\{(\w+)\}/).map((part, i) => (i % 2 ? { name: part } : { text: part, at: i }));
		fn = { parts, run: (values) => parts.map((p) => p.text ?? values[p.name]).join('') };
		cache.set(text, fn);
	}
	return fn;
}
let n = 0;
setInterval(() => {
	for (let i = 0; i < 25; i++) {
		const text = `<h1>Hello user ${n++}</h1>` + '<p>{a} of {b}: {c}</p>'.repeat(8);
		compile(text).run({ a: 1, b: 2, c: 3 });
	}
}, 10);
