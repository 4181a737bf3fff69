// SPDX-License-Identifier: Apache-2.0
// An address is made for each Blob, and never revoked.
// expect: held
let last;
setInterval(() => {
	const blob = new Blob([Buffer.alloc(300_000, 1)]); // cause
	last = URL.createObjectURL(blob);
}, 40);
