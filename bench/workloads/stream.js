// SPDX-License-Identifier: Apache-2.0
// Sixteen file streams at a time, in chunks of 256 KB and of 1 MB, each through a transform
// that makes a new buffer of every chunk.
'use strict';

const fs = require('fs');
const { Transform, Writable } = require('stream');
const { pipeline } = require('stream/promises');
const realFiles = require('./files.js');
const { MB, inParallel, start } = require('./workload.js');

const FRAME = Buffer.from('chunk:');

function framer() {
	return new Transform({
		readableHighWaterMark: MB,
		writableHighWaterMark: MB,
		transform(chunk, _, done) {
			done(null, Buffer.concat([FRAME, chunk]));
		},
	});
}

function sink(count) {
	return new Writable({
		highWaterMark: MB,
		write(chunk, _, done) {
			count(chunk.length - FRAME.length);
			setImmediate(done);
		},
	});
}

start({
	setUp: () => realFiles(4 * MB, 128 * MB, 300 * MB),
	async run(files, scale) {
		const order = [];
		let wanted = 0;
		for (; wanted < 7000 * MB * scale; wanted += order[order.length - 1].size)
			order.push(files[order.length % files.length]);
		let bytes = 0;
		await inParallel(16, order.length, (i) => pipeline(
			fs.createReadStream(order[i].file, { highWaterMark: i % 2 ? MB : MB / 4 }),
			framer(),
			sink((n) => (bytes += n)),
		));
		if (bytes !== wanted)
			throw new Error(`${bytes} bytes came out, ${wanted} went in`);
		return { bytes, ops: order.length };
	},
});
