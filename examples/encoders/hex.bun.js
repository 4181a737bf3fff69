// SPDX-License-Identifier: Apache-2.0
// libweir from Bun, by FFI: bun hex.bun.js PATH_OF_LIBWEIR FILE prints the file in hex. The
// output is a block of weir's pool: with libweir_preload.so it is one of the shim's.
import { dlopen, read, toArrayBuffer } from 'bun:ffi';

const [library, file] = process.argv.slice(2);
const weir = dlopen(library, {
  weir_encode_scratch: { args: ['i32', 'ptr', 'usize', 'ptr'], returns: 'ptr' },
  weir_scratch_unref: { args: ['ptr'], returns: 'i32' },
}).symbols;

const HEX = 0;
const bytes = new Uint8Array(await Bun.file(file).arrayBuffer());
const result = new BigUint64Array(4); // read, written, error_at, status
const block = weir.weir_encode_scratch(HEX, bytes, bytes.length, result);
if (!block) throw new Error('no memory');
const text = new TextDecoder().decode(toArrayBuffer(block, 0, Number(result[1])));
weir.weir_scratch_unref(block);
process.stdout.write(text);
