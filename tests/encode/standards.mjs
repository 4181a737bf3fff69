// SPDX-License-Identifier: Apache-2.0
// What this engine's own standard functions make of many inputs, as lines for check_vectors: atob,
// TextDecoder and TextEncoder everywhere, Uint8Array's base64 and hex where it has them. Node, Deno
// and Bun run it.
let seed = 4711;
function random(n) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 256) % n;
}
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('') || '-';
const latin1 = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));
const units = (text) => {
  const out = new Uint8Array(2 * text.length);
  for (let i = 0; i < text.length; i++) {
    out[2 * i] = text.charCodeAt(i) & 255;
    out[2 * i + 1] = text.charCodeAt(i) >> 8;
  }
  return out;
};
const bytes = (n, of = () => random(256)) => Uint8Array.from({ length: n }, of);

const lines = [];
const line = (op, codec, dialect, room, input, output) =>
  lines.push(`${op} ${codec} ${dialect} ${room} ${hex(input)} ${typeof output === 'string' ? output : hex(output)}`);

// The bytes, or '!' if it throws.
function attempt(call) {
  try {
    return call();
  } catch (error) {
    if (error.name !== 'SyntaxError' && error.name !== 'InvalidCharacterError') throw error;
    return '!';
  }
}

// Into an array of so many bytes: '!' with what was written before the error, told by filling it twice.
function attemptSet(room, call) {
  const [target, other] = [0, 1].map((fill) => new Uint8Array(room).fill(fill));
  try {
    call(other);
    return target.subarray(0, call(target).written);
  } catch (error) {
    if (error.name !== 'SyntaxError') throw error;
    attempt(() => call(target) && '');
    const end = target.findLastIndex((b, i) => b === other[i]) + 1;
    return '!' + hex(target.subarray(0, end)).replace('-', '');
  }
}

// Before an error all that is right is to be written, and no more. On some processors (one with AVX2 and without
// AVX-512) both engines write a few zeros behind it where the text is long: then what stands before the error
// is asked for alone.
function allBefore(text, room, alphabet, said) {
  if (typeof said !== 'string' || text.length < 32) return said;
  // What padding ends is written only if nothing follows it.
  for (let n = text.search(/=|.$/s); n > 0; n--) {
    const target = new Uint8Array(room);
    const result = attempt(() =>
      target.setFromBase64(text.slice(0, n), { alphabet, lastChunkHandling: 'stop-before-partial' }));
    if (result === '!') continue;
    const all = '!' + hex(target.subarray(0, result.written)).replace('-', '');
    return said.startsWith(all) ? all : said;
  }
  return said;
}

function base64(text) {
  const input = latin1(text);
  line('valid', 'base64', 'whatwg', '-', input, attempt(() => latin1(atob(text))));
  if (!Uint8Array.fromBase64) return;
  for (const alphabet of ['base64', 'base64url']) {
    line('valid', alphabet, 'whatwg', '-', input, attempt(() => Uint8Array.fromBase64(text, { alphabet })));
    // Strict, where RFC 4648 says the same: it has no white space, and lets base64url do without padding.
    const bare = /[\t\n\f\r ]/.test(text) || (alphabet === 'base64url' && text.length % 4 !== 0 && !text.includes('='));
    const lastChunkHandling = 'strict';
    if (!bare)
      line('valid', alphabet, 'rfc4648', '-', input,
        attempt(() => Uint8Array.fromBase64(text, { alphabet, lastChunkHandling })));
    for (const room of [1 + random(4), 1 + random(1 + text.length), text.length + 4])
      line('set', alphabet, 'whatwg', room, input,
        allBefore(text, room, alphabet, attemptSet(room, (target) => target.setFromBase64(text, { alphabet }))));
  }
}

function hexadecimal(text) {
  if (!Uint8Array.fromHex) return;
  const input = latin1(text);
  line('valid', 'hex', 'rfc4648', '-', input, attempt(() => Uint8Array.fromHex(text)));
  if (text.length % 2 === 0)
    for (const room of [1 + random(3), 1 + text.length])
      line('set', 'hex', 'rfc4648', room, input, attemptSet(room, (target) => target.setFromHex(text)));
}

function encode(input) {
  if (input.toBase64) {
    line('encode', 'base64', 'node', '-', input, latin1(input.toBase64()));
    line('encode', 'base64url', 'node', '-', input,
      latin1(input.toBase64({ alphabet: 'base64url', omitPadding: true })));
    line('encode', 'hex', 'node', '-', input, latin1(input.toHex()));
  }
  line('encode', 'base64', 'node', '-', input, latin1(btoa(String.fromCharCode(...input))));
}

// Whole, and cut anywhere; the engine's result as UTF-16 and, again, as UTF-8.
function text(codec, label, input) {
  const whole = new TextDecoder(label, { ignoreBOM: true }).decode(input);
  const decoder = new TextDecoder(label, { ignoreBOM: true });
  const cut = random(input.length + 1);
  const cutText = decoder.decode(input.subarray(0, cut), { stream: true }) + decoder.decode(input.subarray(cut));
  if (codec === 'utf8') line('encode16', codec, 'node', '-', input, units(whole));
  line('encode', codec, 'node', '-', input, new TextEncoder().encode(whole));
  line('encode', codec, 'node', '-', input, new TextEncoder().encode(cutText));
}

const unpaired = (string) => line('decode16', 'utf8', 'node', '-', units(string), new TextEncoder().encode(string));

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const pick = (from) => from[random(from.length)];
const repeat = (n, one) => Array.from({ length: n }, one).join('');
const ends = ['', '=', '==', '===', ' =', '= =', '==\n', '= ', 'A', 'A=', 'A==', 'AA', 'AA=', 'AA==', 'AB', 'AB==',
  'AAA', 'AAA=', 'AAB', 'AAB=', 'AA===', '====', '-', '_', '.', '\0', '\v', '\u00a0', '\u00ff'];
for (const end of ends)
  for (const n of [0, 1, 2, 3, 4, 8, 16, 60, 64, 68, 124, 128, 252, 256, 260])
    for (const space of ['', ' ', '\r\n'])
      base64(repeat(n, () => pick(alphabet)) + space + end);
for (let i = 0; i < 3000; i++) {
  const from = i % 3 ? alphabet + alphabet + '\n' : alphabet + '=-_ *';
  const string = repeat(random(i % 10 ? 40 : 400), () => pick(from)) + pick(ends);
  base64(i % 2 ? string.replaceAll('+', '-').replaceAll('/', '_') : string);
}
for (let i = 0; i < 1500; i++) {
  const string = repeat(random(i % 10 ? 40 : 600), () => pick('0123456789abcdefABCDEF'));
  const at = random(string.length + 1);
  hexadecimal(i % 3 ? string : string.slice(0, at) + pick(['g', ' ', '/', ':', '@', 'G', '`', '\u00ff']) + string.slice(at));
}
for (let n = 0; n <= 300; n++) encode(bytes(n));

const soup = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1,
  0xf4, 0xf5, 0xff];
for (const a of soup) for (const b of soup) for (const c of soup) text('utf8', 'utf-8', Uint8Array.of(a, b, c, 0x41));
const characters = ['a', '\u00e9', '\u20ac', '\u{1f600}', '\ufeff', '\u0800', '\ud7ff', '\u{10ffff}', '\0'];
const loose = [...characters, '\ud83d', '\ude00', '\udbff', '\udc00'];
for (let i = 0; i < 3000; i++) {
  const most = i % 8 ? 30 : 700;
  const valid = new TextEncoder().encode(repeat(random(most), () => (i % 5 ? pick(characters) : 'a')));
  for (let n = i % 4; n > 0 && valid.length > 0; n--) valid[random(valid.length)] = pick(soup);
  text('utf8', 'utf-8', valid);
  const string = repeat(random(most), () => pick(loose));
  unpaired(string);
  text('utf16le', 'utf-16le', units(string));
}
console.log(lines.join('\n'));
