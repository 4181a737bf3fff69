// SPDX-License-Identifier: Apache-2.0
// A cache that lives in a closure: results are kept by key, keys never come again.
const { pace } = require("./pace.cjs");

function memoize(compute) {
  const known = {};
  return (key) => (known[key] ??= compute(key));
}

const render = memoize((key) => new Uint8Array(1 << 20).fill(key)); // guilty: held

let key = 0;
pace(() => render(key++));
