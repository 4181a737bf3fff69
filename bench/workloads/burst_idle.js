// SPDX-License-Identifier: Apache-2.0
// Four bursts of 500 MB, held to the end of the burst and then dropped, with a second of rest
// between them. The time is that of the bursts, without the rests.
'use strict';

const { MB, sizesFrom, sizesUpTo, sleep, start } = require('./workload.js');

const BURSTS = 4;
const REST_MS = 1000;

async function burst(sizes) {
	const held = [];
	for (const size of sizes) {
		held.push(Buffer.allocUnsafe(size).fill(held.length & 0xff));
		if (held.length % 8 === 0)
			await sleep(0);
	}
	return held.reduce((sum, buffer) => sum + buffer.length, 0);
}

start({
	async run(_, scale) {
		const next = sizesFrom(3, MB, 20 * MB);
		let bytes = 0;
		let busy = 0n;
		for (let i = 0; i < BURSTS; i++) {
			const sizes = sizesUpTo(500 * MB * scale, next);
			const begin = process.hrtime.bigint();
			bytes += await burst(sizes);
			busy += process.hrtime.bigint() - begin;
			if (i < BURSTS - 1)
				await sleep(REST_MS);
		}
		return { bytes, ops: BURSTS, seconds: Number(busy) / 1e9 };
	},
});
