// SPDX-License-Identifier: Apache-2.0
// Each request races against one promise that never settles, which keeps the results (nodejs/node#17469).
// expect: held
const stopped = new Promise(() => {});
async function page() {
	await new Promise((ok) => setTimeout(ok, 1));
	return Buffer.alloc(300_000, 1); // cause
}
for (;;) {
	await Promise.race([page(), stopped]);
	await new Promise((ok) => setTimeout(ok, 30));
}
