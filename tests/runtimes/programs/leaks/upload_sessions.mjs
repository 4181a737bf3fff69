// SPDX-License-Identifier: Apache-2.0
// A server that keeps the body of each upload with its session, and never ends a session.
import http from "node:http";
import { once } from "node:events";

const sessions = new Map();

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    sessions.set(sessions.size, Buffer.concat(chunks)); // guilty: held
    response.end("ok");
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const body = Buffer.alloc(600000, 7);
// A number of them, not a time: a busy machine is to see as many.
for (let n = 0; n < 130; n++) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`, { method: "POST", body });
  await response.text();
  await new Promise((next) => setTimeout(next, 15));
}
process.exit(0);
