// SPDX-License-Identifier: Apache-2.0
// The same race with objects on V8's heap (nodejs/node#17469).
// expect: held heap
const stopped = new Promise(() => {});
async function page() {
	await new Promise((ok) => setTimeout(ok, 1));
	let text = [];
	for (let i = 0; i < 2000; i++) text.push({ i, at: Math.random() });
	return text;
}
for (;;) {
	await Promise.race([page(), stopped]);
	await new Promise((ok) => setTimeout(ok, 10));
}
