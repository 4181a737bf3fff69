// SPDX-License-Identifier: Apache-2.0
// A native add-on that mallocs and forgets. addon_leak.c, built by leaks.bats, is in ADDON.
const { pace } = require("./pace.cjs");
const addon = require(process.env.ADDON);

pace(function convert() {
  addon.convert(1 << 20); // guilty: held
});
