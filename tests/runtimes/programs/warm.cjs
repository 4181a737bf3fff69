// SPDX-License-Identifier: Apache-2.0
// Small blocks that are kept, by code that V8 has long optimised when it is first looked at: no frame is the interpreter's.
const kept = [];
function keep() {
	for (let i = 0; i < 60; i++)
		kept.push(Buffer.allocUnsafeSlow(2000).fill(1));
}
setInterval(keep, 10);
