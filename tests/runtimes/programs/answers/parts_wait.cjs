// SPDX-License-Identifier: Apache-2.0
// Each part of an upload waits five seconds for the others, and goes.
// expect: innocent
const waits = new Set();
setInterval(() => { const part = { b: Buffer.alloc(200_000, 1) }; waits.add(part); setTimeout(() => waits.delete(part), 5000); }, 25);
