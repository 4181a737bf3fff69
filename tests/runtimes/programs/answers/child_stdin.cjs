// SPDX-License-Identifier: Apache-2.0
// Records are written to a child that is slow, without a look at what waits already.
// expect: held
const { spawn } = require('node:child_process');
const child = spawn('sh', ['-c', 'while sleep 1 && [ -n "$(head -c 1000)" ]; do :; done'], { stdio: ['pipe', 'ignore', 'inherit'] });
setInterval(() => {
	for (let i = 0; i < 8; i++) child.stdin.write(Buffer.from(JSON.stringify({ i, text: 'record '.repeat(2500) }))); // cause
}, 15);
