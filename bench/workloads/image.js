// SPDX-License-Identifier: Apache-2.0
// Works on RGBA frames of 3.7 to 33 MB: a frame is filled, half of it is copied out, it is
// split into planes, and a thumbnail of each of the last 200 frames is kept.
'use strict';

const { MB, randomFrom, sleep, start } = require('./workload.js');

const FRAMES = [[1280, 720], [1920, 1080], [2560, 1440], [3840, 2160]];
const THUMBNAIL = 160 * 90 * 4;
const KEPT = 200;

function work(width, height, i) {
	const pixels = width * height;
	const frame = Buffer.allocUnsafe(pixels * 4).fill(i & 0xff);
	const half = Buffer.allocUnsafe(pixels * 2);
	frame.copy(half, 0, pixels, pixels * 3);
	const planes = [0, 1, 2].map((n) => {
		const plane = new Uint8Array(pixels);
		plane.set(frame.subarray(n * pixels, (n + 1) * pixels));
		return plane;
	});
	if (half[pixels] !== (i & 0xff) || planes[2][pixels - 1] !== (i & 0xff))
		throw new Error('a frame has changed');
	return { thumbnail: Buffer.from(frame.subarray(0, THUMBNAIL)), bytes: pixels * 9 };
}

start({
	async run(_, scale) {
		const random = randomFrom(2);
		const thumbnails = [];
		let bytes = 0;
		let frames = 0;
		for (; bytes < 18000 * MB * scale; frames++) {
			const [width, height] = FRAMES[Math.floor(random() * FRAMES.length)];
			const done = work(width, height, frames);
			thumbnails[frames % KEPT] = done.thumbnail;
			bytes += done.bytes;
			if (frames % 8 === 0)
				await sleep(0);
		}
		return { bytes, ops: frames };
	},
});
