// SPDX-License-Identifier: Apache-2.0
// holders.cjs FILE: memory held in each way that there is, each of a size of its own; then a heap snapshot into FILE,
// or, without FILE, the program stays.
"use strict";
const v8 = require("node:v8");
const { EventEmitter } = require("node:events");

let size = 1000000;
const next = () => Buffer.alloc(++size, 1);
const times = (n, make) => Array.from({ length: n }, make);

const cache = new Map(); // 1000001: a module's Map
{
  const n = ++size;
  for (let i = 0; i < 5; i++) cache.set(`key ${i}`, Buffer.alloc(n, i));
}

function makeReader() { // 1000002: a closure's variable
  const hidden = next();
  return function reader() { return hidden.length; };
}
const reader = makeReader();

const bus = new EventEmitter(); // 1000003: a listener
{
  const captured = next();
  bus.on("tick", function onTick() { return captured.length + reader(); });
}

{ // 1000004: a timer
  const inTimer = next();
  setInterval(function poll() { return inTimer.length + cache.size; }, 1e6);
}

const n5 = ++size; // 1000005: a global array
globalThis.globalList = times(4, () => Buffer.alloc(n5, 1));

class Lru { // 1000006: a list of an LRU
  constructor() { this.newest = null; }
  add(value) { this.newest = { older: this.newest, value }; }
}
const lru = new Lru();
{
  const n = ++size;
  for (let i = 0; i < 50; i++) lru.add(Buffer.alloc(n, i));
}

const whole = next(); // 1000007: slices of one ArrayBuffer
const slices = times(12, (_, i) => whole.subarray(i, i + 10));

const weak = new WeakMap(); // 1000008: a value of a WeakMap
const weakKey = { name: "key" };
weak.set(weakKey, next());

async function waits() { // 1000009: a promise that waits
  const inAwait = next();
  await new Promise((resolve) => { globalThis.release = resolve; });
  return inAwait.length;
}
waits();

const byName = {}; // 1000010: an object of many keys
{
  const n = ++size;
  for (let i = 0; i < 20; i++) byName[`entry${i}`] = Buffer.alloc(n, i);
}

class Session { // 1000011: a private field
  #secret = next();
  get length() { return this.#secret.length; }
}
const session = new Session();

const texts = new Set(); // 2000000 characters outside of V8's heap
for (let i = 0; i < 3; i++) texts.add(Buffer.alloc(2000000, 97 + i).toString("latin1"));

exports.all = () => [cache, bus, lru, slices, weak, weakKey, byName, session, texts];
if (process.argv[2]) {
  v8.writeHeapSnapshot(process.argv[2]);
  process.exit();
}
console.log("ready");
