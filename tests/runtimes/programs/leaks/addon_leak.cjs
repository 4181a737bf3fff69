// SPDX-License-Identifier: Apache-2.0
// A native add-on that mallocs and forgets. addon_leak.c, built by leaks.bats, is in ADDON.
const { pace } = require("./pace.cjs");
const addon = require(process.env.ADDON), thumbs = [];

pace(function convert() {
  addon.convert(1 << 20); // guilty: held
  // Kept as well, so that there is a collection: without one, an add-on's blocks may wait for it.
  thumbs.push(Buffer.alloc(600000, 1));
});
