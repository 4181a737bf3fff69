// SPDX-License-Identifier: Apache-2.0
// A worker that keeps every buffer transferred to it. The main thread allocates and lets go.
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { pace } from "./pace.mjs";

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));

  await pace(function send() {
    const buffer = new ArrayBuffer(1 << 20); // guilty: held
    new Uint8Array(buffer).fill(3);
    worker.postMessage(buffer, [buffer]);
  });
  process.exit(0);
} else {
  const kept = [];

  parentPort.on("message", (buffer) => {
    const index = new Uint8Array(400000).fill(1);
    kept.push({ buffer, index });
  });
}
