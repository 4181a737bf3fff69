// SPDX-License-Identifier: Apache-2.0
// The service of README.md: what comes with each request stays in a cache that nothing is ever taken out of. It ends
// by itself.
'use strict';

const cache = new Map();
let requests = 0;

function remember(body) {
  cache.set(requests, Buffer.from(body));
}

const timer = setInterval(function handle() {
  remember(Buffer.alloc(400000, requests));
  if (++requests === 500)
    clearInterval(timer);
}, 10);
