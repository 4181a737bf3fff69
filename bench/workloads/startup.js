// SPDX-License-Identifier: Apache-2.0
// Starts Node on an empty program, one after the other. The starts inherit the environment,
// and with it the preload.
'use strict';

const { spawnSync } = require('child_process');
const { start } = require('./workload.js');

start({
	run(_, scale) {
		const starts = Math.ceil(120 * scale);
		for (let i = 0; i < starts; i++) {
			const { status, signal } = spawnSync(process.execPath, ['-e', '0']);
			if (status !== 0)
				throw new Error(`node ended with ${signal || status}`);
		}
		return { bytes: 0, ops: starts };
	},
});
