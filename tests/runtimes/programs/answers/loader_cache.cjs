// SPDX-License-Identifier: Apache-2.0
// A loader keeps the promise of each key, over all requests (graphql/dataloader#42).
// expect: held heap
const cache = new Map();
let n = 0;
const load = (key) => { if (!cache.has(key)) cache.set(key, new Promise((ok) => setImmediate(ok, { key, name: 'user ' + key, friends: Array.from({ length: 12 }, (_, i) => key + i) }))); return cache.get(key); };
setInterval(async () => { for (let i = 0; i < 60; i++) load(n++); await load(n - 1); }, 10);
