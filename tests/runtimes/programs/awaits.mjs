// SPDX-License-Identifier: Apache-2.0
// Allocates after an await, again and again: each resumption goes through closures that V8 makes anew.
async function next(i) {
	await null;
	return Buffer.allocUnsafe((300 << 10) + (i & 1));
}
let bytes = 0;
for (let i = 0; i < 2000; i++)
	bytes += (await next(i)).length;
console.log(bytes);
