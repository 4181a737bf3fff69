// SPDX-License-Identifier: Apache-2.0
// Who is measured: each peer is a name and the environment that puts it under a program.
'use strict';

const fs = require('fs');
const path = require('path');
const { execFileSync } = require('child_process');

// The path of a shared library that the dynamic loader knows.
function library(soname) {
	const known = execFileSync('ldconfig', ['-p'], {
		encoding: 'utf8',
		env: { ...process.env, PATH: `${process.env.PATH}:/sbin:/usr/sbin` },
	});
	const line = known.split('\n').find((text) => text.trim().startsWith(`${soname} `));
	return line && line.split('=> ')[1];
}

function preload(name, soname, packageName) {
	const file = library(soname);
	return file
		? { name, about: file, env: { LD_PRELOAD: file } }
		: { name, reason: `no ${soname} (Debian: ${packageName})` };
}

function built(name, options, file, env = {}) {
	const whole = path.join(options.build, file);
	return fs.existsSync(whole)
		? { name, about: [whole, ...Object.values(env)].join(' '), env: { LD_PRELOAD: whole, ...env } }
		: { name, reason: `no ${whole}: make it, or say where with --build` };
}

const SHIM = 'libweir_preload.so';

function weir(name, options, text) {
	const words = text ? [text] : [];
	if (options.sidecars)
		words.push(`stats=${path.resolve(options.sidecars)}/${name}.%p.weir`);
	return { ...built(name, options, SHIM, words.length ? { WEIR_OPTIONS: words.join(',') } : {}), weir: true };
}

function known(options) {
	return [
		{ name: 'glibc', about: 'nothing preloaded', env: {} },
		{
			name: 'pinned',
			about: 'glibc, every block of 64 KB and more mapped and unmapped',
			env: { MALLOC_MMAP_THRESHOLD_: '65536' },
		},
		built('trim1s', options, 'bench/trim1s.so'),
		preload('jemalloc', 'libjemalloc.so.2', 'libjemalloc2'),
		preload('mimalloc', 'libmimalloc.so.2', 'libmimalloc2.0'),
		preload('tcmalloc', 'libtcmalloc_minimal.so.4', 'libtcmalloc-minimal4'),
		weir('weir', options, ''),
	];
}

// The peers of the command line, on top of the known ones.
function asked(options, peers) {
	for (const [name, text] of options.weir)
		peers.push(weir(name, options, text));
	for (const [name, file] of options.preload) {
		const whole = path.resolve(file);
		if (!fs.existsSync(whole))
			throw new Error(`--preload ${name}:${file}: no such file`);
		peers.push({ name, about: whole, env: { LD_PRELOAD: whole } });
	}
	for (const [name, text] of options.env) {
		const [variable, value] = [text.split('=')[0], text.split('=').slice(1).join('=')];
		let peer = peers.find((one) => one.name === name);
		if (!peer)
			peers.push(peer = { name, about: 'glibc', env: {} });
		peer.about += ` ${text}`;
		peer.env = { ...peer.env, [variable]: value };
	}
}

// { peers, missing }: what can run, glibc first, and what cannot, each with a reason.
function findPeers(options) {
	let all = known(options);
	const names = options.peers ? options.peers.split(',') : all.map(({ name }) => name);
	const usual = all.length;
	asked(options, all);
	const added = all.slice(usual);
	for (const name of names) {
		if (!all.some((peer) => peer.name === name))
			throw new Error(`no peer ${name}; there are ${all.map((peer) => peer.name).join(', ')}`);
	}
	const wanted = new Set(['glibc', ...names, ...added.map(({ name }) => name)]);
	all = [...wanted].map((name) => all.find((peer) => peer.name === name));
	return {
		peers: all.filter(({ reason }) => !reason),
		missing: all.filter(({ reason }) => reason),
	};
}

module.exports = { findPeers };
