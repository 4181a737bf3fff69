// SPDX-License-Identifier: Apache-2.0
// Of two callers of fs.readFile one keeps what it reads.
// expect: held
const fs = require('fs');
const file = `${process.env.ANSWERS_DIR}/million`;
fs.writeFileSync(file, Buffer.alloc(1_000_000));
const kept = [];
let sum = 0;
setInterval(() => fs.readFile(file, (error, data) => { sum += data.length; }), 40);
setInterval(() => {
	fs.readFile(file, (error, data) => { kept.push(data); }); // cause
}, 120);
