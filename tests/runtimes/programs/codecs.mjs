// SPDX-License-Identifier: Apache-2.0
// Compression and cryptography: native code with large scratch memory of its own, partly on
// the thread pool. Prints digests.
import { Buffer } from 'node:buffer';
import crypto from 'node:crypto';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const digest = (data) => crypto.createHash('sha1').update(data).digest('hex').slice(0, 16);
const text = Buffer.alloc(6000000, 'The river rises above the weir and runs on. ');
for (let i = 0; i < text.length; i += 97)
	text[i] = i * 31;

const pairs = [
	['gzip', zlib.gzipSync, zlib.gunzipSync, zlib.gzip],
	['deflateRaw', zlib.deflateRawSync, zlib.inflateRawSync, zlib.deflateRaw],
	['brotli', (data) => zlib.brotliCompressSync(data, {
		params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 },
	}), zlib.brotliDecompressSync, undefined],
];
for (const [name, pack, unpack, packLater] of pairs) {
	const packed = pack(text);
	console.log(name, packed.length, digest(packed), unpack(packed).equals(text));
	if (packLater) {
		const all = await Promise.all(Array.from({ length: 4 }, () => promisify(packLater)(text)));
		console.log(name, all.map(digest).join(' '));
	}
}

for (const name of ['md5', 'sha256', 'sha512'])
	console.log(name, crypto.createHash(name).update(text).digest('hex'));
const key = Buffer.alloc(32, 'key');
const cipher = crypto.createCipheriv('aes-256-ctr', key, Buffer.alloc(16, 'iv'));
const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
console.log('aes', digest(sealed));
const decipher = crypto.createDecipheriv('aes-256-ctr', key, Buffer.alloc(16, 'iv'));
console.log('back', Buffer.concat([decipher.update(sealed), decipher.final()]).equals(text));
const derived = await Promise.all(Array.from({ length: 4 }, (unused, i) =>
	promisify(crypto.scrypt)(`password ${i}`, 'salt', 64, { N: 8192, maxmem: 64 << 20 })));
console.log('scrypt', derived.map(digest).join(' '));
console.log('random', crypto.randomBytes(3000000).length);
