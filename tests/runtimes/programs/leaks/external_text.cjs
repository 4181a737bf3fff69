// SPDX-License-Identifier: Apache-2.0
// Log lines that are kept as text: V8 leaves a long one outside of its heap.
const lines = [];
const raw = Buffer.alloc(1200000, "x");

function note(n) {
  raw[0] = 65 + (n % 26);
  lines.push(raw.latin1Slice(0, raw.length)); // guilty: held
}

let n = 0;
setInterval(() => {
  note(n++);
  if (n === 200) process.exit(0);
}, 14);
