// SPDX-License-Identifier: Apache-2.0
// No leak: a cache with a bound, which fills and then replaces its oldest entry.
import { pace } from "./pace.mjs";

const cache = new Map();
let n = 0;

function put() {
  cache.set(n++, Buffer.alloc(1 << 20, 5)); // innocent: plateau
  if (cache.size > 40) cache.delete(cache.keys().next().value);
}

await pace(put);
