// SPDX-License-Identifier: Apache-2.0
// Logins come in bursts, and each hashes its password with 32 MB.
// expect: innocent
const { scrypt } = require('node:crypto');
setInterval(() => { for (let i = 0; i < 6; i++) scrypt('password', 'salt' + i, 64, { N: 32768, r: 8, p: 1, maxmem: 80e6 }, () => {}); }, 3000);
