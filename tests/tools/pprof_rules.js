// SPDX-License-Identifier: Apache-2.0
// Decodes a profile with a parser from npm and holds it to the rules that profile stores refuse by.
// Arguments: the parser, the profile. Prints facts, a line each.
'use strict';
const fs = require('fs');
const zlib = require('zlib');
const { Profile } = require(fs.realpathSync(process.argv[2]));

// Parca reads gzip and nothing else.
const profile = Profile.decode(zlib.gunzipSync(fs.readFileSync(process.argv[3])));
const { strings } = profile.stringTable;

function must(holds, rule) {
	if (!holds)
		throw new Error(rule);
}

function text(index) {
	must(Number(index) >= 0 && Number(index) < strings.length, `no text ${index}`);
	return strings[Number(index)];
}

must(strings[0] === '', 'the first text is empty');
for (const table of ['mapping', 'location', 'function'])
	profile[table].forEach((row, i) => must(Number(row.id) === i + 1, `ids of ${table} are 1, 2, 3, ...`));
for (const f of profile.function)
	must(text(f.name) !== '' && text(f.filename) !== undefined, 'functions have names');
for (const m of profile.mapping)
	must(text(m.filename) !== '' && BigInt(m.memoryStart) < BigInt(m.memoryLimit), 'mappings have a file and a range');
for (const l of profile.location) {
	must(Number(l.mappingId) <= profile.mapping.length, 'mappings of locations are there');
	for (const line of l.line)
		must(line.functionId > 0 && Number(line.functionId) <= profile.function.length, 'functions of lines are there');
}
const labels = new Set();
const sums = profile.sampleType.map(() => 0);
for (const sample of profile.sample) {
	must(sample.locationId.length > 0, 'samples have a stack');
	for (const id of sample.locationId)
		must(id > 0 && Number(id) <= profile.location.length, 'locations of samples are there');
	must(sample.value.length === profile.sampleType.length, 'a value for each type');
	sample.value.forEach((value, i) => (sums[i] += Number(value)));
	for (const label of sample.label) {
		must(text(label.key) !== '', 'labels have a key');
		must(Number(label.str) === 0 || Number(label.num) === 0, 'labels are a text or a number');
		labels.add(text(label.key) + (Number(label.numUnit) ? `:${text(label.numUnit)}` : ''));
	}
}
must(Number(profile.timeNanos) > 0, 'a time, which Parca demands');

const types = profile.sampleType.map((type) => `${text(type.type)}/${text(type.unit)}`);
console.log('types', ...types);
console.log('default', text(profile.defaultSampleType));
console.log('time', String(profile.timeNanos));
console.log('duration', String(profile.durationNanos));
console.log('period', `${text(profile.periodType.type)}/${text(profile.periodType.unit)}`, String(profile.period));
console.log('labels', ...[...labels].sort());
types.forEach((type, i) => console.log('sum', type.split('/')[0], sums[i]));
