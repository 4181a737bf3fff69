// SPDX-License-Identifier: Apache-2.0
// A start loads a dictionary of 60 MB and its index; requests look words up.
// expect: innocent
const blob = Buffer.alloc(60e6, 'abcdefghij ');
const index = new Int32Array(3e6);
const words = new Map();
for (let i = 0; i < 200000; i++) { index[i] = i * 11; words.set('w' + i, i); }
let sum = 0;
setInterval(() => { for (let i = 0; i < 300; i++) sum += blob.toString('latin1', index[i], index[i] + 10).length + words.get('w' + i); }, 10);
