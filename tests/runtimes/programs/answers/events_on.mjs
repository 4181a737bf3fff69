// SPDX-License-Identifier: Apache-2.0
// An iterator over events is read more slowly than they come.
// expect: held
import { EventEmitter, on } from 'node:events';
const source = new EventEmitter();
setInterval(() => {
	source.emit('frame', new Uint8Array(200_000)); // cause
}, 30);
for await (const [frame] of on(source, 'frame'))
	await new Promise((ok) => setTimeout(ok, 250, frame.length));
