// SPDX-License-Identifier: Apache-2.0
// A job sorts ever other arrays of numbers, of growing and shrinking size.
// expect: innocent
let t = 0;
setInterval(() => { t++; const size = 200000 + Math.floor(180000 * Math.sin(t / 4)); const a = Float64Array.from({ length: size }, () => Math.random()); a.sort(); const b = Array.from(a); b.reverse(); }, 200);
