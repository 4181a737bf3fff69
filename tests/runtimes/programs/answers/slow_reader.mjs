// SPDX-License-Identifier: Apache-2.0
// A stream is filled without a look at what waits in it already.
// expect: held
let controller;
const stream = new ReadableStream({ start(c) { controller = c; } });
const reader = stream.getReader();
setInterval(() => {
	controller.enqueue(new Uint8Array(300_000)); // cause
}, 30);
setInterval(() => reader.read(), 400);
