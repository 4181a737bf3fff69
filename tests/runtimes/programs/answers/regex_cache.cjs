// SPDX-License-Identifier: Apache-2.0
// Compiled patterns are cached by their text, which users type (slevithan/xregexp#350).
// expect: held heap
const cache = new Map();
let n = 0;
const text = 'an entry about user 77 and his eggs';
setInterval(() => {
	for (let i = 0; i < 20; i++) {
		const word = 'word' + n++;
		const pattern = new RegExp(`\\b(${word}|${word}s|user ${n}\\d+)(?:\\s+and)?\\b`, 'i');
		pattern.test(text); pattern.test(text);
		cache.set(word, pattern);
	}
}, 10);
