// SPDX-License-Identifier: Apache-2.0
// A queue fills at once each five seconds, and is worked off.
// expect: innocent
const queue = [];
setInterval(() => { for (let i = 0; i < 80; i++) queue.push(Buffer.alloc(400_000, 1)); }, 5000);
let sum = 0;
setInterval(() => { const b = queue.shift(); if (b) sum += b[3]; }, 35);
