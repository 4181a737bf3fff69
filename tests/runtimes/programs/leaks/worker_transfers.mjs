// SPDX-License-Identifier: Apache-2.0
// A worker that keeps every buffer transferred to it. The main thread allocates and lets go; its collections are what
// its blocks are judged by, for nobody sees where they went.
import v8 from "node:v8";
import vm from "node:vm";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { pace } from "./pace.mjs";

if (isMainThread) {
  v8.setFlagsFromString("--expose-gc");
  const collect = vm.runInNewContext("gc");
  const worker = new Worker(new URL(import.meta.url));
  let sent = 0;

  await pace(function send() {
    const buffer = new ArrayBuffer(1 << 20); // guilty: held
    new Uint8Array(buffer).fill(3);
    worker.postMessage(buffer, [buffer]);
    if (++sent % 60 === 0) collect();
  });
  process.exit(0);
} else {
  const kept = [];

  parentPort.on("message", (buffer) => {
    const index = new Uint8Array(400000).fill(1);
    kept.push({ buffer, index });
  });
}
