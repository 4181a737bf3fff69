// SPDX-License-Identifier: Apache-2.0
// The load swells and ebbs, each seven seconds.
// expect: innocent
const live = [];
let t = 0;
setInterval(() => {
	t += 0.02;
	const want = Math.round(100 + 90 * Math.sin(t * 2 * Math.PI / 7));
	while (live.length < want) live.push(Buffer.alloc(300_000, 1));
	if (live.length > want) live.splice(want);
}, 20);
