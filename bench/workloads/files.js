// SPDX-License-Identifier: Apache-2.0
// Real files of this machine for the workloads that read: the same ones in the same order
// each time, and read once before the clock starts, so that they are in the page cache.
'use strict';

const fs = require('fs');
const path = require('path');

const ROOTS = ['/usr/lib', '/usr/bin', '/usr/share'];

function walk(dir, min, max, found) {
	let entries = [];
	try {
		entries = fs.readdirSync(dir, { withFileTypes: true });
	} catch {
		return found; // not ours to read
	}
	for (const entry of entries) {
		const file = path.join(dir, entry.name);
		if (entry.isDirectory()) {
			walk(file, min, max, found);
		} else if (entry.isFile()) {
			const { size } = fs.statSync(file);
			if (size >= min && size <= max)
				found.push({ file, size });
		}
	}
	return found;
}

// Reads with one small buffer: the heap shall not have grown before the work begins.
function warm(file) {
	const chunk = Buffer.alloc(16384);
	const fd = fs.openSync(file, 'r');
	while (fs.readSync(fd, chunk) > 0);
	fs.closeSync(fd);
}

// Files of min to max bytes each, about total bytes of them, spread evenly over what is there.
module.exports = function realFiles(min, max, total) {
	const found = ROOTS.flatMap((root) => walk(root, min, max, []));
	if (found.length === 0)
		throw new Error(`no file of ${min} to ${max} bytes in ${ROOTS.join(', ')}`);
	found.sort((a, b) => (a.file < b.file ? -1 : 1));
	const share = Math.min(1, total / found.reduce((sum, { size }) => sum + size, 0));
	let due = 1 - share;
	const picked = found.filter(() => {
		due += share;
		if (due < 1)
			return false;
		due -= 1;
		return true;
	});
	for (const { file } of picked)
		warm(file);
	return picked;
};
