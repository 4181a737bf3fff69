// SPDX-License-Identifier: Apache-2.0
// Messages are sent to a port on which nobody reads.
// expect: held
import { MessageChannel } from 'node:worker_threads';
const { port1 } = new MessageChannel();
setInterval(() => {
	port1.postMessage(new Uint8Array(400_000)); // cause
}, 60);
