// SPDX-License-Identifier: Apache-2.0
// Memory of every kind, then a line of JSON with what V8 says of its heaps, and a minute of rest. In 5 threads, where there
// are worker threads of Node's kind.
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import v8 from 'node:v8';
import { fileURLToPath } from 'node:url';

const MB = 1 << 20;
const kept = [];

function objects(n) {
  for (let i = 0; i < n; i++)
    kept.push({ i, text: `text ${i}` });
}

function memories(n) {
  // (module (memory 16))
  const module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 0, 16, 7, 7, 1, 3, 109, 101, 109, 2, 0]));
  for (let i = 0; i < n; i++) {
    const instance = new WebAssembly.Instance(module);
    new Uint8Array(instance.exports.mem.buffer).fill(1);
    kept.push(instance);
  }
}

const physical = () => v8.getHeapStatistics().total_physical_size;

if (isMainThread) {
  const workers = [];
  for (let i = 0; i < 4; i++)
    workers.push(new Promise((done) => {
      const worker = new Worker(fileURLToPath(import.meta.url));
      kept.push(worker);
      worker.on('message', done);
    }));
  objects(300000);
  for (let i = 0; i < 4; i++)
    kept.push(new Uint8Array(8 * MB).fill(1));
  const sizes = await Promise.all(workers);
  await new Promise((done) => setTimeout(done, 400));
  memories(12);
  setTimeout(() => process.exit(0), 60000);
  console.log(JSON.stringify({ heap: sizes.reduce((a, b) => a + b, physical()) }));
} else {
  objects(50000);
  setInterval(() => 0, 1 << 30);
  parentPort.postMessage(physical());
}
