// SPDX-License-Identifier: Apache-2.0
// Reads real files, eight at a time, and encodes each as hex, base64 or latin1.
'use strict';

const fs = require('fs');
const realFiles = require('./files.js');
const { MB, inParallel, start } = require('./workload.js');

start({
	setUp: () => realFiles(200 * 1024, 20 * MB, 300 * MB),
	async run(files, scale) {
		const order = [];
		let bytes = 0;
		for (; bytes < 7000 * MB * scale; bytes += order[order.length - 1].size)
			order.push(files[order.length % files.length]);
		await inParallel(8, order.length, async (i) => {
			const data = await fs.promises.readFile(order[i].file);
			const text = data.toString(['hex', 'base64', 'latin1'][i % 3]);
			if (text.length < data.length)
				throw new Error(`${order[i].file}: too short`);
		});
		return { bytes, ops: order.length };
	},
});
