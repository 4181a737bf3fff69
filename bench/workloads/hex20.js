// SPDX-License-Identifier: Apache-2.0
// One buffer of 20 MB to hex, again and again: a string of 40 MB each time.
'use strict';

const { MB, sleep, start } = require('./workload.js');

start({
	setUp: () => Buffer.alloc(20 * MB, 'hexadecimal'),
	async run(source, scale) {
		const rounds = Math.ceil(150 * scale);
		for (let i = 0; i < rounds; i++) {
			if (source.toString('hex').length !== 2 * source.length)
				throw new Error('wrong length');
			await sleep(0);
		}
		return { bytes: rounds * source.length, ops: rounds };
	},
});
