// SPDX-License-Identifier: Apache-2.0
// What the programs of this folder share: something done again and again for some seconds.
const rounds = Number(process.env.ROUNDS || 250);

exports.pace = async function pace(act) {
  for (let i = 0; i < rounds; i++) {
    act();
    await new Promise((next) => setTimeout(next, 12));
  }
};
