// SPDX-License-Identifier: Apache-2.0
// The rows of a stream are gathered in one array before they are written.
// expect: held heap
const { Readable, Transform } = require('node:stream');
let n = 0;
const rows = [];
const source = new Readable({ read() { setTimeout(() => this.push(Array.from({ length: 300 }, () => `${n++},name ${n},${Math.random()},city ${n % 100}\n`).join('')), 10); } });
source.setEncoding('utf8');
source.on('data', (text) => { for (const line of text.split('\n')) if (line) { const [id, name, x, city] = line.split(','); rows.push({ id, name, x, city }); } });
