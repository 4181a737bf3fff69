// SPDX-License-Identifier: Apache-2.0
// Each job starts an interval that nobody clears; its closure has the job's frame.
function job(number) {
  const frame = new Float32Array(200000); // guilty: held
  frame.fill(number);
  setInterval(() => frame[0]++, 60000);
}

let number = 0;
const clock = setInterval(() => {
  job(number++);
  if (number === 180) process.exit(0);
  clock.refresh();
}, 15);
