// SPDX-License-Identifier: Apache-2.0
// Each event's handler wraps the one before: a chain of closures.
// expect: held heap
let handler = () => 0;
let n = 0;
setInterval(() => {
	for (let i = 0; i < 200; i++) {
		const before = handler, context = { id: n++, at: [Date.now(), i], tags: ['a' + n, 'b' + n] };
		handler = (e) => context.id + (e ? before(e) : 0);
	}
}, 10);
