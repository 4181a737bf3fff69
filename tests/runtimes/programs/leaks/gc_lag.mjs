// SPDX-License-Identifier: Apache-2.0
// No leak: garbage that only waits for the collector.
import { pace } from "./pace.mjs";

function work() {
  Buffer.alloc(1 << 20, 6).toString("latin1", 0, 10); // innocent: gc-lag
}

await pace(work);
