// SPDX-License-Identifier: Apache-2.0
// What this Node's Buffer makes of many inputs, one line each, for check_vectors: the operation,
// codec, dialect, room ("-": enough), input and result, both in hex.
import { isUtf8 } from 'node:buffer';

const codecs = ['hex', 'base64', 'base64url', 'latin1', 'ascii', 'utf8', 'utf16le'];
const ascii = new Set(['hex', 'base64', 'base64url']);

let seed = 12345;
function random(n) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 256) % n;
}

let lines = [];
function line(op, codec, room, input, output) {
  lines.push(`${op} ${codec} node ${room} ${input.toString('hex') || '-'} ${output.toString('hex') || '-'}`);
  if (lines.length > 1000) flush();
}
function flush() {
  process.stdout.write(lines.join('\n') + '\n');
  lines = [];
}

function encode(codec, bytes) {
  const text = bytes.toString(codec);
  line('encode', codec, '-', bytes, Buffer.from(text, 'utf8'));
  if (codec === 'utf8')
    for (const some of [bytes, Buffer.from(text), Buffer.from(text).subarray(0, -1)])
      line('isutf8', codec, '-', some, Buffer.from([isUtf8(some)]));
  line('encode16', codec, '-', bytes, Buffer.from(text, 'utf16le'));
}

// A buffer of `room` bytes, what a write leaves of it, and nothing beyond.
function written(text, codec, room) {
  const buffer = Buffer.alloc(room, 0xee);
  const n = buffer.write(text, codec);
  if (!buffer.subarray(n).every((b) => b === 0xee)) throw new Error('Node wrote more than it says');
  return buffer.subarray(0, n);
}

function decode(codec, text) {
  const units = Buffer.from(text, 'utf16le');
  const all = Buffer.from(text, codec);
  const rooms = [0, 1, 2, 3, random(all.length + 1), all.length, all.length + 1];
  line('decode16', codec, '-', units, all);
  for (const room of rooms) line('decode16', codec, room, units, written(text, codec, room));
  // Hex and base64 text in bytes is text in Latin-1; the others' is UTF-8.
  const narrow = !/[^\x00-\xff]/.test(text);
  if (ascii.has(codec) ? !narrow : !text.isWellFormed?.() && /[\ud800-\udfff]/.test(text)) return;
  const bytes = Buffer.from(text, ascii.has(codec) ? 'latin1' : 'utf8');
  line('decode', codec, '-', bytes, all);
  for (const room of rooms) line('decode', codec, room, bytes, written(text, codec, room));
}

const bytes = (n) => Buffer.from(Array.from({ length: n }, () => random(256)));

for (let n = 0; n <= 300; n++)
  for (const codec of codecs) {
    encode(codec, bytes(n));
    const text = bytes(n).toString(codec);
    decode(codec, text);
    if (n === 0) continue;
    // Something that does not belong there, at a random place; and lines.
    const at = random(text.length + 1);
    const alien = ['=', '*', ' ', '\n', '-', '_', '+', '/', '\0', '\u00e9', '\u0141', '\ufeff',
      '\u{1f600}', '\ud83d', '\ude00', 'g', '=='][random(17)];
    decode(codec, text.slice(0, at) + alien + text.slice(at));
    decode(codec, text.replace(/.{76}/gs, '$&\r\n'));
  }

const tricky = [
  '', 'AA==AA==', 'Q=U=J=D', '=AAA', 'AAAAA', 'A*A', '//9', '-_+/', 'AA%3D%3D', 'QUJD.QUJD',
  'QUJDRA==XXXX', 'data:;base64,QUJD', '=bad'.repeat(100), '\u0141AAA', 'QU\u{1f600}JD',
  'A A A A', 'AA===', '====', 'A', 'AA', 'AAA', 'AAAA', 'AB', 'ABC', 'AAAA=BBBBBBBBBBBB',
  'AAAA'.repeat(20) + '=' + 'BBBB'.repeat(20), ('QUJD'.repeat(19) + '\r\n').repeat(40),
  ('QUJD'.repeat(19) + '*').repeat(40), ' '.repeat(200) + 'QUJD', '\u00a0\ufeff\vQUJD',
  'ab\u0130\u0131', '\u0161\u0162', '\uff11', '0xab', 'abc', 'aBcDeF', 'ab cd', 'abxx', 'axbb',
  'g0', '0g', 'ab\0', 'ab'.repeat(100) + 'zz', 'ab'.repeat(31) + 'a', '\u20ac', '\u{1f600}',
  'a\u20ac', 'a\u00e9b', '\ud83d', '\ude00', 'x\ud83dy', '\ude00\ud83d', '\ud83d\ud83d\ude00',
  'a'.repeat(70) + '\u20ac' + 'b'.repeat(70), '\uffff\ufffe', '\ufeffx', '\u07ff\u0800\ud7ff\ue000',
];
for (const codec of codecs) for (const text of tricky) decode(codec, text);

const raw = [
  'f09f9841', 'eda080', 'c080', 'f4908080', 'f08080', 'e2e28282', 'e282', 'efbbbf41', 'f09f98',
  'f09f9880', 'ff', '80', 'c2', 'e0a0', 'e09f80', 'f0', 'f5808080', 'edbfbf', '3dd800de', '3dd8',
  '00de', '3dd83dd800de', '3dd841', '41', '4100e9', 'c3a9c3', 'f48fbfbf', 'f49080', 'e0', 'fe80',
];
for (const codec of codecs)
  for (const hex of raw)
    for (const before of [0, 1, 63, 64, 65])
      encode(codec, Buffer.concat([Buffer.alloc(before, 'a'), Buffer.from(hex, 'hex'), Buffer.from('zz')]
        .slice(0, before % 2 ? 2 : 3)));

// Random text of an alphabet with much that is none.
const soup = 'QUJDabcdef0123456789+/-_=\r\n *.\u00e9';
for (let i = 0; i < 4000; i++) {
  let text = '';
  for (let n = random(120); n > 0; n--)
    text += random(30) ? soup[random(i % 2 ? 24 : soup.length)] : String.fromCharCode(random(0x3000));
  for (const codec of ['hex', 'base64', 'base64url']) decode(codec, text);
  if (i % 4 === 0) for (const codec of codecs.slice(3)) decode(codec, text);
}
flush();
