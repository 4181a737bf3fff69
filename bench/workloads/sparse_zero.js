// SPDX-License-Identifier: Apache-2.0
// Zeroed buffers of 1 to 16 MB made for the largest case, of which 5 % are used.
'use strict';

const { MB, sizesFrom, sizesUpTo, sleep, start } = require('./workload.js');

start({
	async run(_, scale) {
		const sizes = sizesUpTo(40000 * MB * scale, sizesFrom(5, MB, 16 * MB));
		for (let i = 0; i < sizes.length; i++) {
			const buffer = Buffer.alloc(sizes[i]);
			buffer.fill(1, 0, Math.ceil(sizes[i] / 20));
			if (buffer[sizes[i] - 1] !== 0)
				throw new Error('a new buffer is not zero');
			if (i % 32 === 0)
				await sleep(0);
		}
		return { bytes: sizes.reduce((a, b) => a + b), ops: sizes.length };
	},
});
