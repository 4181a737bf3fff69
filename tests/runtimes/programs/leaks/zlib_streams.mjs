// SPDX-License-Identifier: Apache-2.0
// Deflate streams that are never closed: each keeps its output chunk and zlib's own state.
import { createDeflate } from "node:zlib";
import { pace } from "./pace.mjs";

const open = [];

function begin() {
  const stream = createDeflate({ chunkSize: 1 << 20, memLevel: 9 }); // guilty: held
  stream.write("begin");
  open.push(stream);
}

await pace(begin);
process.exit(0);
