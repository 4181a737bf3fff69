// SPDX-License-Identifier: Apache-2.0
// A few letters of a large text keep all of it.
// expect: held
const names = [];
const body = Buffer.alloc(1_500_000, 'name=somebody;');
setInterval(() => {
	const text = body.toString('latin1'); // cause
	names.push(text.slice(5, 30));
}, 120);
