// SPDX-License-Identifier: Apache-2.0
// Each reader of a broadcast tees the stream, and one branch is read by nobody.
// expect: held
let n = 0;
const source = new ReadableStream({
	async pull(c) { await new Promise((ok) => setTimeout(ok, 20)); c.enqueue(new Uint8Array(180_000).fill(n++)); }, // cause
});
const [mine, forgotten] = source.tee();
globalThis.forgotten = forgotten;
for await (const piece of mine) piece.length;
