// SPDX-License-Identifier: Apache-2.0
// Finds the package of this platform, and starts programs under weir. No install script: npm chooses the platform's
// package by its fields os, cpu and libc.
'use strict';
const path = require('path');
const own = require('./package.json');

/** Which C library this Node uses; its report names glibc's version. */
function libc() {
	const report = process.report.getReport();
	const header = (typeof report === 'string' ? JSON.parse(report) : report).header;
	return header.glibcVersionRuntime ? 'glibc' : 'musl';
}

function platformFolder() {
	const wanted = `${own.name}-${process.platform}-${process.arch}${process.platform === 'linux' ? `-${libc()}` : ''}`;
	const offered = Object.keys(own.optionalDependencies);
	if (!offered.includes(wanted))
		throw new Error(`weir runs on ${offered.map((name) => name.slice(own.name.length + 1)).join(', ')}; ` +
			`this is ${wanted.slice(own.name.length + 1)}`);
	try {
		return path.dirname(require.resolve(`${wanted}/package.json`));
	} catch (error) {
		throw new Error(`the package ${wanted} is not installed: was npm told to leave out optional packages ` +
			`(--omit=optional), or is the lock file from another platform? npm install ${wanted}@${own.version}`,
			{ cause: error });
	}
}

const folder = platformFolder();
const command = path.join(folder, 'bin', 'weir');
const preload = path.join(folder, 'lib', 'weir', 'libweir_preload.so');

/** Options as WEIR_OPTIONS has them: commas and backslashes of a value are escaped. */
function asText(options) {
	return Object.entries(options).map(([name, value]) =>
		`${name}=${String(value === true ? 'on' : value === false ? 'off' : value).replace(/[\\,]/g, '\\$&')}`);
}

function env(options = {}, base = process.env) {
	if (/[ :]/.test(preload))
		throw new Error(`LD_PRELOAD cannot hold "${preload}", a path with a blank or a colon: use run() or the command`);
	const result = { ...base };
	if (!(base.LD_PRELOAD || '').split(/[ :]/).some((file) => path.basename(file) === path.basename(preload)))
		result.LD_PRELOAD = [base.LD_PRELOAD, preload].filter(Boolean).join(':');
	const all = [base.WEIR_OPTIONS, ...asText(options)].filter(Boolean).join(',');
	if (all !== '')
		result.WEIR_OPTIONS = all;
	return result;
}

function run(program, args = [], options = {}) {
	const { weir = {}, ...rest } = options;
	const flags = Object.entries(weir).map(([name, value]) =>
		`--${name}=${value === true ? 'on' : value === false ? 'off' : value}`);
	return require('child_process').spawn(command, ['run', ...flags, '--', program, ...args], rest);
}

module.exports = { command, preload, env, run };
