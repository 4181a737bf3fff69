// SPDX-License-Identifier: Apache-2.0
// The command line of bench.js.
'use strict';

const path = require('path');

const ROWS = [
	['only', '', 'LIST', 'programs, by comma: names, workloads, alloc or scratch; * is any text'],
	['peers', '', 'LIST', 'peers, by comma, in this order; glibc is always there'],
	['weir', [], 'NAME:OPTIONS', 'one more peer: weir with these WEIR_OPTIONS (may be repeated)'],
	['preload', [], 'NAME:FILE', 'one more peer: any library to preload (may be repeated)'],
	['env', [], 'NAME:VAR=VALUE', 'one more peer, or one more variable for one (may be repeated)'],
	['reps', 3, 'N', 'repetitions'],
	['scale', 1, 'X', 'times the full work'],
	['idle', 5, 'SECONDS', 'of rest after the work of a Node program'],
	['gc', 2, 'SECONDS', 'after a garbage collection that follows; 0: none'],
	['node', process.execPath, 'FILE', 'the Node to run the programs with'],
	['build', 'build', 'FOLDER', 'where weir was built'],
	['json', '', 'FILE', 'write all figures there as well'],
	['sidecars', '', 'FOLDER', "keep weir's sidecars there, for weir stat"],
	['progress', false, '', 'say on standard error what runs'],
	['list', false, '', 'name the programs and the peers that are there'],
	['help', false, '', 'this text'],
];

function usage() {
	const lines = ROWS.map(([name, value, placeholder, help]) => {
		const shown = Array.isArray(value) || value === '' || value === false ? '' : ` [${value}]`;
		return `  --${name}${placeholder && ' '}${placeholder}`.padEnd(26) + help + shown;
	});
	return ['usage: bench.js [OPTION...]', ...lines].join('\n');
}

function fail(message) {
	throw new Error(`${message}\n${usage()}`);
}

function parseOptions(argv) {
	const options = Object.fromEntries(ROWS.map(([name, value]) => [name, value]));
	const args = argv.flatMap((arg) => {
		const match = /^(--[a-z]+)=(.*)$/.exec(arg);
		return match ? [match[1], match[2]] : [arg];
	});
	while (args.length > 0) {
		const arg = args.shift();
		const row = ROWS.find(([name]) => `--${name}` === arg);
		if (!row)
			fail(`no option ${arg}`);
		const [name, value] = row;
		if (value === false) {
			options[name] = true;
			continue;
		}
		if (args.length === 0)
			fail(`${arg} needs a value`);
		const given = args.shift();
		if (Array.isArray(value)) {
			if (!/^[^:]+:./.test(given))
				fail(`${arg} ${given}: wanted NAME:...`);
			const colon = given.indexOf(':');
			options[name] = [...options[name], [given.slice(0, colon), given.slice(colon + 1)]];
		} else if (typeof value === 'number') {
			options[name] = Number(given);
			if (!(options[name] >= 0))
				fail(`${arg} ${given}: wanted a number`);
		} else {
			options[name] = given;
		}
	}
	for (const name of ['build', 'node'])
		options[name] = path.resolve(options[name]);
	return options;
}

module.exports = { parseOptions, usage };
