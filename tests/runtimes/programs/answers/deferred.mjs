// SPDX-License-Identifier: Apache-2.0
// The result of a promise is kept by a callback of `then`.
// expect: held
import { readFile, writeFile } from 'node:fs/promises';
const file = `${process.env.ANSWERS_DIR}/deferred`;
await writeFile(file, Buffer.alloc(1_000_000));
const results = [];
setInterval(() => {
	readFile(file).then((data) => { results.push(data); }); // cause
}, 120);
