// SPDX-License-Identifier: Apache-2.0
// A module-level array of Buffers that nobody empties.
import { pace } from "./pace.mjs";

const all = [];

function remember() {
  all.push(Buffer.alloc(1 << 20, 1)); // guilty: held
}

await pace(remember);
