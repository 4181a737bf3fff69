// SPDX-License-Identifier: Apache-2.0
// Buffers of many sizes through every way that makes, encodes, copies and drops them. Prints
// digests; a byte that weir changed, lost or failed to clear changes a line.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

const KB = 1024;
const MB = 1024 * KB;
const sizes = [
	1, 4 * KB, 64 * KB, 128 * KB - 1, 128 * KB, 128 * KB + 1, 200000, 256 * KB, MB - 1, MB, MB + 1,
	1031913, 2 * MB, 2 * MB + 1, 5 * MB, 10 * MB, 10 * MB + 1, 20 * MB + 12345,
];
const zeros = Buffer.alloc(32 * MB);

function digest(data) {
	return createHash('sha1').update(data).digest('hex').slice(0, 16);
}

function pattern(size, seed) {
	const words = new Uint32Array(Math.ceil(size / 4));
	let x = seed * 2654435761 + 1;
	for (let i = 0; i < words.length; i++) {
		x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
		words[i] = x;
	}
	return Buffer.from(words.buffer, 0, size);
}

function mustBeZero(data, what) {
	const bytes = Buffer.from(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
	for (let at = 0; at < bytes.length; at += zeros.length) {
		const part = bytes.subarray(at, at + zeros.length);
		if (!part.equals(zeros.subarray(0, part.length)))
			throw new Error(`${what} of ${bytes.length} bytes is not zero`);
	}
}

for (const [seed, size] of sizes.entries()) {
	const source = pattern(size, seed);
	const line = [size, digest(source)];
	for (const encoding of ['hex', 'base64', 'base64url', 'latin1', 'utf16le']) {
		const text = source.toString(encoding);
		line.push(text.length, digest(Buffer.from(text, encoding)));
	}
	// Not valid UTF-8: the decoder's replacements make it larger.
	line.push(digest(new TextEncoder().encode(source.toString('utf8'))));
	line.push(new TextDecoder('latin1').decode(source).length);
	console.log(line.join(' '));
}

// Blocks that come back dirty must be clean when zeros are asked for.
for (let round = 0; round < 12; round++) {
	for (const size of sizes) {
		const fresh = Buffer.alloc(size);
		mustBeZero(fresh, 'Buffer.alloc');
		fresh.fill(round + 1);
		Buffer.allocUnsafeSlow(size).fill(0xa5);
		const array = new Float64Array(size >> 3);
		mustBeZero(array, 'Float64Array');
		array.fill(Math.PI);
		const shared = new SharedArrayBuffer(size);
		mustBeZero(shared, 'SharedArrayBuffer');
		new Uint8Array(shared).fill(0xee);
	}
}
console.log('zeros are zero');

// Many blocks at a time, dropped in another order than they came.
const held = [];
let sum = 0;
for (let i = 0; i < 600; i++) {
	const at = (i * 7919) % 60;
	if (held[at])
		sum = (sum + held[at][held[at].length >> 1]) % 65521;
	held[at] = Buffer.alloc(sizes[i % (sizes.length - 2)], i & 0xff);
}
console.log('churn', sum, digest(Buffer.concat(held.filter(Boolean))));

// Growing, shrinking, moving.
const grown = [];
for (let i = 0; i < 64; i++)
	grown.push(pattern(300 * KB, i));
console.log('concat', digest(Buffer.concat(grown)));
const clone = structuredClone(pattern(3 * MB, 7).buffer);
console.log('clone', digest(Buffer.from(clone)));
const moved = structuredClone(clone, { transfer: [clone] });
console.log('moved', clone.byteLength, digest(Buffer.from(moved)));
if (ArrayBuffer.prototype.transfer) {
	let buffer = pattern(2 * MB, 3).buffer;
	for (const size of [5 * MB, 11 * MB, 12 * MB, 300 * KB, 25 * MB, MB])
		buffer = buffer.transfer(size);
	console.log('transfer', buffer.byteLength, digest(Buffer.from(buffer)));
}
if (ArrayBuffer.prototype.resize) {
	const buffer = new ArrayBuffer(MB, { maxByteLength: 40 * MB });
	new Uint8Array(buffer).fill(9);
	buffer.resize(30 * MB);
	mustBeZero(new Uint8Array(buffer, MB), 'the rest of a resized buffer');
	console.log('resize', digest(Buffer.from(buffer)));
}
const memory = new WebAssembly.Memory({ initial: 100, maximum: 1000 });
memory.grow(200);
console.log('wasm', memory.buffer.byteLength);
console.log('json', JSON.stringify(pattern(MB, 5).toString('latin1')).length);
