// SPDX-License-Identifier: Apache-2.0
// Every connection adds a listener whose closure holds the connection's buffer; none is removed.
import { EventEmitter } from "node:events";
import { pace } from "./pace.mjs";

const bus = new EventEmitter();
bus.setMaxListeners(0);

function connect() {
  const window = Buffer.allocUnsafe(1 << 20); // guilty: held
  window.fill(2);
  bus.on("message", (m) => window.write(m));
}

await pace(connect);
