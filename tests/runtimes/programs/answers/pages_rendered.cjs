// SPDX-License-Identifier: Apache-2.0
// Pages are put together from a thousand small texts, and sent.
// expect: innocent
const http = require('node:http');
const item = (i) => `<li class="item" data-id="${i}"><a href="/item/${i}">Item ${i}</a><p>${'text '.repeat(20)}</p></li>`;
const server = http.createServer((q, a) => { let html = ''; for (let i = 0; i < 1500; i++) html += item(i); a.end(`<html><ul>${html}</ul></html>`); });
server.listen(0, () => { const go = () => http.get({ port: server.address().port }, (a) => { a.resume(); a.on('end', () => setTimeout(go, 20)); }); go(); go(); });
