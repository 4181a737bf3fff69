// SPDX-License-Identifier: Apache-2.0
// libweir from Node.js: node hex.node.js ADDON FILE prints the file in hex. ADDON is weir_node.c,
// compiled as it says.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const [addon, file] = process.argv.slice(2);
const { encode } = require(path.resolve(addon));

const HEX = 0;
process.stdout.write(encode(HEX, fs.readFileSync(file)));
