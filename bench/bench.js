#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Runs the programs of this folder under plain glibc and its rivals, in turns (A B C A B C ...),
// and prints medians, their spread and the ratio to plain glibc; see doc/benchmarks.md.
'use strict';

const fs = require('fs');
const path = require('path');
const { parseOptions, usage } = require('./options.js');
const { machineFacts } = require('./facts.js');
const { findPeers } = require('./peers.js');
const { findPrograms } = require('./programs.js');
const { runOnce } = require('./once.js');
const { summarize } = require('./summary.js');
const { print } = require('./print.js');

async function measure(options, programs, peers, save) {
	const runs = [];
	let started = 0;
	const total = options.reps * programs.length * peers.length;
	for (const program of programs) {
		for (let rep = 0; rep < options.reps; rep++) {
			for (const peer of peers) {
				const at = `${++started}/${total} ${program.name} ${peer.name}`;
				if (process.stderr.isTTY)
					process.stderr.write(`\r\x1b[K${at}`);
				else if (options.progress)
					process.stderr.write(`${at}\n`);
				const cells = await runOnce(program, peer, options);
				for (const [cell, values] of Object.entries(cells))
					runs.push({ cell, peer: peer.name, rep, ...values });
			}
		}
		save(runs); // an hour's figures shall not be lost with the last program
	}
	if (process.stderr.isTTY)
		process.stderr.write('\r\x1b[K');
	return runs;
}

async function main() {
	const options = parseOptions(process.argv.slice(2));
	if (options.help) {
		console.log(usage());
		return;
	}
	const { peers, missing } = findPeers(options);
	const programs = findPrograms(options);
	if (options.list) {
		for (const { name, about } of programs)
			console.log(`${name.padEnd(20)} ${about}`);
		for (const { name, about } of peers)
			console.log(`${name.padEnd(20)} ${about}`);
		return;
	}
	const facts = machineFacts(options);
	const all = (runs) => ({ facts, peers, missing, summary: summarize(runs, peers), runs });
	const runs = await measure(options, programs, peers, (some) => {
		if (options.json)
			fs.writeFileSync(path.resolve(options.json), `${JSON.stringify(all(some), null, '\t')}\n`);
	});
	print(all(runs));
	if (runs.some((run) => run.failed))
		process.exitCode = 1;
}

main().catch((error) => {
	console.error(`bench: ${error.message}`);
	process.exitCode = 2;
});
