// SPDX-License-Identifier: Apache-2.0
// A history of states, each a structured clone of a grid of bytes.
// expect: held
const past = [];
let state = { grid: Array.from({ length: 4 }, () => new Uint8Array(60000)), n: 0 };
setInterval(() => {
	past.push(state);
	state = structuredClone(state); // cause
	state.n++;
}, 40);
