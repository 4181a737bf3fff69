// SPDX-License-Identifier: Apache-2.0
// No leak: the last 24 frames of a stream, in a ring.
import { setTimeout as sleep } from "node:timers/promises";

const ring = new Array(24);

function store(n) {
  ring[n % ring.length] = new Uint8Array(1500000).fill(n); // innocent: plateau
}

for (let n = 0; n < 250; n++) {
  store(n);
  await sleep(11);
}
