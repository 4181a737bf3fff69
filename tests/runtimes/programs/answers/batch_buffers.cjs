// SPDX-License-Identifier: Apache-2.0
// A job gathers a hundred pictures in three seconds, and drops them.
// expect: innocent
let all = [];
setInterval(() => { if (all.length < 100) all.push(Buffer.alloc(500_000, 1)); }, 15);
setInterval(() => { all = []; }, 3000);
