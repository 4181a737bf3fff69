// SPDX-License-Identifier: Apache-2.0
// One of two async functions keeps what it reads.
// expect: held
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
const file = `${process.env.ANSWERS_DIR}/awaited`;
await writeFile(file, Buffer.alloc(1_000_000));
const kept = [];
async function look() {
	return (await readFile(file)).length;
}
async function load(name) {
	const data = await readFile(name); // cause
	kept.push(data);
}
for (;;) {
	await load(file);
	for (let i = 0; i < 3; i++) await look();
	await sleep(100);
}
