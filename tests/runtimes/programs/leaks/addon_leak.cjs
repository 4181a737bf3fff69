// SPDX-License-Identifier: Apache-2.0
// A native add-on that mallocs and forgets. addon_leak.c, built by leaks.bats, is in ADDON.
const { pace } = require("./pace.cjs");
const addon = require(process.env.ADDON);

pace(function convert() {
  addon.convert(1 << 20); // guilty: held
  // Its JPEG, which is garbage: without a collection, what an add-on allocates may wait for one.
  return Buffer.alloc(600000, 1);
});
