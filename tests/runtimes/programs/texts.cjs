// SPDX-License-Identifier: Apache-2.0
// Scripts whose text or name is out of the ordinary, each with one block of its own size; prints what V8's own
// stack trace calls each place: BYTES FUNCTION FILE LINE.
'use strict';
const vm = require('node:vm');
const kept = [];
let bytes = 300000;
Error.prepareStackTrace = (_, sites) => sites;
globalThis.place = () => {
	const at = new Error().stack[1];
	bytes += 1000;
	console.log([bytes, at.getFunctionName(), at.getScriptNameOrSourceURL(), at.getLineNumber()].join('\t'));
	return bytes;
};
const run = (text, filename, offsets) => {
	const f = filename ? vm.runInThisContext(text, { filename, ...offsets }) : (0, eval)(text);
	kept.push(f());
};
const body = (name) => `(function ${name}() { return Buffer.alloc(place()); })`;
run(`\n\n${body('named')}\n//# sourceURL=webpack-internal:///./src/a.js`);
run(`\n${body('both')}\n//# sourceURL=other.js`, 'first.js');
run('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'.concat(`\n\n\n${body('slice')}`).slice(41), 'slice.js');
run(('名'.repeat(30) + `\n\n${body('wideSlice')} // ü名`).slice(31), 'wide-slice.js');
run(`'\u2028';\n'\u2029';\n${body('separators')} // 名`, 'separators.js');
run(`1;\r2;\r\n3;\n4;\r${body('returns')}`, 'returns.js');
run(`/* ${'x'.repeat(4091)}\r\n */\n${body('returnAtEdge')}`, 'edge.js');
run(`\n${body('emoji𝒳')}`, 'dir/😀 file.js');
run(`\n${body('half')}`, 'half-\ud83d.js');
run(`\n\n${body('wrapped')}`, 'wrapped.js', { lineOffset: -1 });
run(`\n\n${body('part')}`, 'part.js', { lineOffset: 40, columnOffset: 8 });
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2500);
