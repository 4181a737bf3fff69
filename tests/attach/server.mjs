// SPDX-License-Identifier: Apache-2.0
// A server under load, with two workers: what weir is attached to. Prints its port; /quit ends it with status 5, /?work works.
import http from 'node:http';
import { isMainThread, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

const held = [];
let requests = 0;

function hold() {
  held.push(Buffer.alloc(200000, 1));
  if (held.length > 400) held.length = 0;
}

function passes() {
  return Buffer.alloc(150000, 2).length;
}

const rows = Array.from({ length: 400 }, (_, i) => ({ id: i, name: `row ${i}`, tags: ['a', 'b'], value: i / 7 }));

// As much as a usual request: rows to text and back.
function work() {
  return JSON.parse(JSON.stringify(rows)).filter((row) => row.id % 3 === 0).length;
}

if (!isMainThread) {
  setInterval(passes, 5);
} else {
  const workers = [1, 2].map(() => new Worker(fileURLToPath(import.meta.url)));
  const server = http.createServer((request, response) => {
    if (request.url === '/quit') {
      response.end('bye');
      setTimeout(async () => {
        await Promise.all(workers.map((w) => w.terminate()));
        process.exit(5);
      }, 20);
      return;
    }
    if (++requests % 20 === 0) hold();
    if (request.url.startsWith('/?work')) work();
    response.end(String(passes()).repeat(100));
  });
  server.keepAliveTimeout = 600000;
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}
