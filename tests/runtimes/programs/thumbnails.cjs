// SPDX-License-Identifier: Apache-2.0
// Pictures through libvips and its codecs, on its threads: thumbnails.cjs SHARP [ROUNDS]
'use strict';
const sharp = require(process.argv[2]);
const rounds = Number(process.argv[3] || 3);
const raw = { width: 600, height: 400, channels: 3 };
const pixels = Buffer.alloc(raw.width * raw.height * 3);
for (let i = 0; i < pixels.length; i++)
	pixels[i] = (i * i) >> 7;
async function main() {
	for (let r = 0; r < rounds; r++) {
		const made = await Promise.all(['jpeg', 'png', 'webp', 'tiff', 'gif', 'avif'].map((format) =>
			sharp(pixels, { raw }).resize(320 + r).rotate(7 * r).blur(1.5).toFormat(format, { effort: 2 }).toBuffer()));
		for (const bytes of made)
			await sharp(bytes).resize(100).sharpen().composite([{ input: made[1], tile: true }]).toBuffer()
				.catch(() => sharp(bytes).stats());
	}
	const svg = Buffer.from('<svg width="90" height="90"><circle cx="45" cy="45" r="40"/><text y="50">ab</text></svg>');
	await sharp(svg).png().toBuffer();
}
main();
