// SPDX-License-Identifier: Apache-2.0
// Children started in every way while large buffers are live: shells with much output, and
// this program itself, which has large buffers of its own. Prints digests.
import { Buffer } from 'node:buffer';
import childProcess from 'node:child_process';
import { createHash } from 'node:crypto';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const digest = (data) => createHash('sha1').update(data).digest('hex').slice(0, 16);
const self = fileURLToPath(import.meta.url);
const print = 'i=0; while [ $i -lt 60 ]; do head -c 200000 /dev/zero | tr "\\0" "$((i % 10))"; i=$((i + 1)); done';

if (process.argv[2] === 'child') {
	const rounds = [];
	for (let i = 0; i < 20; i++)
		rounds.push(digest(Buffer.alloc(1500000 + i * 300000, i)));
	const bytes = Buffer.alloc(2000000, 'c').toString('base64');
	process.send({ rounds: rounds.join(' '), bytes }, () => process.disconnect());
} else {
	const held = Array.from({ length: 20 }, (unused, i) => Buffer.alloc(2000000 + i, i));
	const before = digest(Buffer.concat(held));

	const { stdout } = await promisify(childProcess.execFile)('sh', ['-c', print],
		{ maxBuffer: 1 << 30, encoding: 'buffer' });
	console.log('execFile', stdout.length, digest(stdout));

	const sync = childProcess.spawnSync('sh', ['-c', `${print}; exit 7`], { maxBuffer: 1 << 30 });
	console.log('spawnSync', sync.status, sync.stdout.length, digest(sync.stdout));

	const cat = childProcess.spawn('cat');
	const chunks = [];
	cat.stdout.on('data', (chunk) => chunks.push(chunk));
	cat.stdin.end(Buffer.concat(held));
	const code = await new Promise((resolve) => cat.on('close', resolve));
	console.log('spawn', code, digest(Buffer.concat(chunks)));

	for (let i = 0; i < 3; i++) {
		const child = childProcess.fork(self, ['child']);
		const heard = new Promise((resolve) => child.once('message', resolve));
		const ended = new Promise((resolve) => child.once('exit', resolve));
		const { rounds, bytes } = await heard;
		console.log('fork', await ended, rounds, digest(Buffer.from(bytes, 'base64')));
	}
	console.log('held', digest(Buffer.concat(held)) === before);
}
