// SPDX-License-Identifier: Apache-2.0
// Parsed queries are kept by their text, and each text is another (apollographql/apollo-client#13036).
// expect: held heap
const documents = new Map();
let n = 0;
const parse = (text) => ({ kind: 'Document', definitions: text.split(/\b/).map((value, start) => ({ kind: 'Name', value, loc: { start, end: start + value.length } })) });
function run(text) {
	if (!documents.has(text)) documents.set(text, parse(text));
	return documents.get(text).definitions.length;
}
setInterval(() => {
	for (let i = 0; i < 12; i++)
		run(`query { user(id: ${n++}) { name email posts(first: 10) { title body author { name avatar } comments { text } } } }`);
}, 10);
