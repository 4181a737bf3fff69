// SPDX-License-Identifier: Apache-2.0
// Writes to a slow stream without minding what write() returns: the chunks queue up.
import { Writable } from "node:stream";
import { pace } from "./pace.mjs";

const slow = new Writable({
  write(chunk, encoding, done) {
    setTimeout(done, 10000);
  },
});

function produce() {
  const chunk = Buffer.alloc(1 << 20, 4); // guilty: held
  slow.write(chunk);
}

await pace(produce);
process.exit(0);
