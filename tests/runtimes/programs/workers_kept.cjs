// SPDX-License-Identifier: Apache-2.0
// A worker for each job, which ends none of them: each waits for a message that never comes, with a heap of its own. Killed
// once all have done their job.
const { Worker } = require('node:worker_threads');

const job = `
  const { parentPort } = require('node:worker_threads');
  const rows = Array.from({ length: 20000 }, (_, i) => ({ id: i, text: 'row ' + i }));
  const picture = Buffer.alloc(300000, rows.length);
  parentPort.on('message', () => picture.length);
  parentPort.postMessage('done');`;
let started = 0, done = 0;
const timer = setInterval(() => {
  new Worker(job, { eval: true }).once('message', () => {
    if (++done === 40) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2500);
  });
  if (++started === 40) clearInterval(timer);
}, 50);
