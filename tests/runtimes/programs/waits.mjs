// SPDX-License-Identifier: Apache-2.0
// Reads a large file in each way that leaves no frame of the program's own on the stack of the allocation, and says
// how often each line waited for it: {line: reads}, to the file named as second argument. waits.mjs FILE COUNTS [ROUNDS]
import { readFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
const [file, counts, rounds = '20'] = process.argv.slice(2);
const waited = {};

// The line of whoever calls this, as V8's own stack has it: of the call, which is on the line that waits.
function here() {
	const line = /:(\d+):\d+\)?$/.exec(new Error().stack.split('\n')[2])[1];
	waited[line] = (waited[line] ?? 0) + 1;
	return file;
}
async function plain() {
	return await readFile(here());
}
async function nested() {
	const pad = 'a'.repeat(10);
	for (let i = 0; i < 2; i++)
		if (pad.length + i > 0) await inner(i);
}
async function inner() { const data = await readFile(here()); return data.length; }
async function all() {
	await Promise.all([readFile(here())]);
}
async function settled() {
	await Promise.allSettled([readFile(here())]);
}
async function first() {
	await Promise.any([readFile(here())]);
}
async function raced() {
	await Promise.race([readFile(here())]);
}
async function wrapped() {
	await new Promise((resolve, reject) => { readFile(here()).then(resolve, reject); });
}
async function* pieces() {
	for (let i = 0; i < 2; i++)
		yield await readFile(here());
}
async function consumed() {
	for await (const piece of pieces()) if (piece.length === 0) throw new Error('empty');
}
async function finished() {
	await readFile(here()).finally();
}
class Store {
	async load() { return (await readFile(here())).length; }
}
const store = new Store();
for (let i = 0; i < +rounds; i++)
	for (const way of [plain, nested, all, settled, first, raced, wrapped, consumed, finished, () => store.load()])
		await way();
writeFileSync(counts, JSON.stringify(waited));
