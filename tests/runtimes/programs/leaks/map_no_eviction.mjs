// SPDX-License-Identifier: Apache-2.0
// Sessions in a Map without eviction; nine of ten requests leave nothing behind.
import { pace } from "./pace.mjs";

const sessions = new Map();
let n = 0;

class Session {
  constructor() {
    this.buffer = new ArrayBuffer(1 << 20); // guilty: held
  }
}

function request() {
  for (let i = 0; i < 9; i++) new Uint8Array(300000).fill(i);
  sessions.set(`user ${n++}`, new Session());
}

await pace(request);
