// SPDX-License-Identifier: Apache-2.0
// No leak: records gather until there are 12, are handed on together and let go.
import { setTimeout as sleep } from "node:timers/promises";

let batch = [];
let sum = 0;

function gather(n) {
  batch.push(Buffer.alloc(900000, n)); // innocent: gc-lag
  if (batch.length === 12) {
    for (const record of batch) sum += record[1];
    batch = [];
  }
}

for (let n = 0; n < 260; n++) {
  gather(n);
  await sleep(10);
}
console.log(sum);
