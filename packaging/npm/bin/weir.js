#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The command of this platform takes this process's place where Node can do that (22.15 and later); else it runs as a
// child, whose signals and status are handed on.
'use strict';
let command;
try {
	({ command } = require('../index.js'));
} catch (error) {
	console.error(`weir: ${error.message}`);
	process.exit(1);
}
const args = process.argv.slice(2);
if (process.execve) {
	process.removeAllListeners('warning');
	process.emitWarning = () => {};
	process.execve(command, ['weir', ...args], process.env);
}
const child = require('child_process').spawn(command, args, { stdio: 'inherit', argv0: 'weir' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGWINCH'])
	process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
	console.error(`weir: ${command}: ${error.message}`);
	process.exit(126);
});
child.on('exit', (status, signal) => {
	if (signal === null)
		process.exit(status);
	process.removeAllListeners(signal);
	process.kill(process.pid, signal);
});
