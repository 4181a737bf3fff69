// SPDX-License-Identifier: Apache-2.0
// A few bytes of each message are kept, as a slice, and with them the whole of it.
import { pace } from "./pace.mjs";

const headers = [];

function receive() {
  const message = Buffer.alloc(1 << 20, 9); // guilty: held
  headers.push(message.subarray(0, 16));
}

await pace(receive);
