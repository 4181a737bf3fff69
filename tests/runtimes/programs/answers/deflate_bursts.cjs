// SPDX-License-Identifier: Apache-2.0
// A thousand messages are compressed at once, again and again: much memory, and no leak (nodejs/node#8871).
// expect: innocent
const zlib = require('node:zlib');
const message = Buffer.from(JSON.stringify({ text: 'some data '.repeat(200) }));
let bytes = 0;
setInterval(() => { for (let i = 0; i < 1000; i++) zlib.deflate(message, (e, b) => { bytes += b.length; }); }, 2000);
