// SPDX-License-Identifier: Apache-2.0
// Keeps pieces of 64 KB, as of an upload: 10 MB a second in blocks of which none is large. The fifth line is to be named.
const pieces = [];
function onPiece() {
	pieces.push(Buffer.alloc(65536, 1));
}
setInterval(() => { for (let i = 0; i < 8; i++) onPiece(); }, 50);
setTimeout(() => process.exit(0), 60000);
