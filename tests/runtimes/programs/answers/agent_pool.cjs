// SPDX-License-Identifier: Apache-2.0
// Fifty connections that are kept alive warm up under load.
// expect: innocent
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
const server = http.createServer((q, a) => setTimeout(() => a.end(Buffer.alloc(200000, 1)), 30));
server.listen(0, () => setInterval(() => { http.get({ port: server.address().port, agent }, (a) => a.resume()); }, 8));
