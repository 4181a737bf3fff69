// SPDX-License-Identifier: Apache-2.0
// Finds the package of this platform, and starts programs under weir. No install script: npm chooses the platform's
// package by its fields os, cpu and libc.
'use strict';
const { spawnSync } = require('child_process');
const fs = require('fs');
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

let link;

/** LD_PRELOAD cannot hold a path with a blank or a colon: the command makes a link to it, as for `weir run`. */
function preloadable() {
	if (!/[ :]/.test(preload))
		return preload;
	if (link === undefined || !fs.existsSync(link)) {
		const said = spawnSync(command, ['doctor', '--json'],
			{ encoding: 'utf8', env: { ...process.env, WEIR_PRELOAD: preload } });
		if (said.error)
			throw said.error;
		const { value, note } = JSON.parse(said.stdout).weir.library;
		if (!path.isAbsolute(value))
			throw new Error(note);
		link = value;
	}
	return link;
}

function env(options = {}, base = process.env) {
	const result = { ...base };
	const there = (base.LD_PRELOAD || '').split(/[ :]+/).filter(Boolean);
	if (!there.some((file) => path.basename(file) === path.basename(preload))) {
		// In front of another allocator, as `weir run` does: behind it, nothing would come to weir.
		const allocator = there.findIndex((file) => /alloc|hoard|scudo/.test(path.basename(file)));
		there.splice(allocator < 0 ? there.length : allocator, 0, preloadable());
	}
	result.LD_PRELOAD = there.join(':');
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
