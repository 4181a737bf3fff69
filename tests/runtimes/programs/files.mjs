// SPDX-License-Identifier: Apache-2.0
// Files written and read back through each interface of fs. Prints digests.
import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

const sizes = [100, 65536, 131072, 1000003, 4194304, 12345678];
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'files-'));
const digest = (data) => createHash('sha1').update(data).digest('hex').slice(0, 16);

try {
	for (const size of sizes) {
		const data = Buffer.alloc(size, `file of ${size} bytes; `);
		const file = path.join(dir, `${size}`);
		fs.writeFileSync(file, data);
		const line = [size, digest(fs.readFileSync(file)), fs.readFileSync(file, 'utf8').length];
		line.push(digest(await fs.promises.readFile(file)));
		await fs.promises.writeFile(`${file}.text`, data.toString('latin1'), 'latin1');
		line.push(digest(await fs.promises.readFile(`${file}.text`)));
		await pipeline(fs.createReadStream(file, { highWaterMark: 1 << 20 }),
			fs.createWriteStream(`${file}.copy`));
		const chunks = [];
		for await (const chunk of fs.createReadStream(`${file}.copy`))
			chunks.push(chunk);
		line.push(digest(Buffer.concat(chunks)));
		const handle = await fs.promises.open(file, 'r+');
		const part = Buffer.allocUnsafeSlow(Math.min(size, 1 << 20));
		const { bytesRead } = await handle.read(part, 0, part.length, 0);
		await handle.write(part, 0, bytesRead, size);
		await handle.close();
		line.push(digest(fs.readFileSync(file)));
		console.log(line.join(' '));
	}
	// Many at the same time, so that the thread pool reads into blocks that others free.
	const random = randomBytes(3000000);
	const wanted = digest(random);
	fs.writeFileSync(path.join(dir, 'random'), random);
	for (let round = 0; round < 5; round++) {
		const all = await Promise.all(Array.from({ length: 30 },
			() => fs.promises.readFile(path.join(dir, 'random'))));
		if (!all.every((data) => digest(data) === wanted))
			throw new Error('a concurrent read differs');
	}
	console.log('150 concurrent reads agree');
} finally {
	fs.rmSync(dir, { recursive: true });
}
