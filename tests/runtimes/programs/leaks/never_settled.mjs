// SPDX-License-Identifier: Apache-2.0
// Requests that wait for an answer that never comes, each with its buffer in a local variable.
import { setTimeout as sleep } from "node:timers/promises";

const waiting = [];

class Client {
  async ask(bytes) {
    const request = Buffer.allocUnsafeSlow(bytes); // guilty: held
    request.fill(1);
    const answer = await new Promise((resolve) => waiting.push(resolve));
    return request.compare(answer);
  }
}

const client = new Client();
for (let i = 0; i < 60; i++) {
  client.ask(3 << 20);
  await sleep(50);
}
process.exit(0);
