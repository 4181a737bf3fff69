// SPDX-License-Identifier: Apache-2.0
// load.mjs PORT: requests over eight connections until a line of standard input; then how many were answered, and how many not.
import http from 'node:http';

const port = Number(process.argv[2]);
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
let done = 0, failed = 0, ending = false;

function get(path) {
  return new Promise((resolve) => {
    http.get({ port, path, agent, host: '127.0.0.1' }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.on('end', () => resolve(response.statusCode === 200 && bytes > 0));
      response.on('error', () => resolve(false));
    }).on('error', () => resolve(false));
  });
}

async function keepAsking() {
  while (!ending) {
    if (await get('/')) done++;
    else failed++;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

process.stdin.once('data', () => (ending = true));
await Promise.all(Array.from({ length: 8 }, keepAsking));
if (!(await get('/quit'))) failed++;
console.log(`${done} answered, ${failed} failed`);
process.exit(0);
