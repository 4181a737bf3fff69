// SPDX-License-Identifier: Apache-2.0
// Key objects that are kept: their bytes are OpenSSL's and Node's, not the script's.
import { createSecretKey } from "node:crypto";
import { pace } from "./pace.mjs";

const secret = new Uint8Array(1 << 20).fill(8);
const keys = [];

function unlock() {
  const certificate = Buffer.alloc(400000, 1);
  const key = createSecretKey(secret); // guilty: held
  keys.push({ key, certificate });
}

await pace(unlock);
