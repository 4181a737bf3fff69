// SPDX-License-Identifier: Apache-2.0
// A service as people write them, on real files: it reads files of this machine in bursts,
// encodes them, uploads them over HTTP to a server of its own, which collects each body and
// answers with its digest. Then everything is dropped and the process idles. Prints one line
// of JSON. Nothing in here knows of weir.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const path = require('path');

const MB = 1 << 20;

const options = {
	roots: '/usr/lib:/usr/bin:/usr/share', // where to look for files
	'min-kb': 200, // of a file
	'max-mb': 20, // of a file
	'total-mb': 300, // of all files, in each round
	concurrency: 24, // files at work at the same time
	rounds: 5,
	'pause-ms': 100, // between rounds
	'idle-ms': 5000, // after the last round
};

function parseOptions(argv) {
	for (const arg of argv) {
		const match = /^--([a-z-]+)=(.+)$/.exec(arg);
		if (!match || !(match[1] in options)) {
			const names = Object.keys(options).map((name) => `[--${name}=${options[name]}]`);
			console.error(`usage: node app.js ${names.join(' ')}`);
			process.exit(2);
		}
		options[match[1]] = typeof options[match[1]] === 'number' ? Number(match[2]) : match[2];
	}
}

// All regular files below dir with a size between min and max, as [path, size].
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
			if (size >= min && size <= max && readable(file))
				found.push([file, size]);
		}
	}
	return found;
}

function readable(file) {
	try {
		fs.accessSync(file, fs.constants.R_OK);
		return true;
	} catch {
		return false;
	}
}

// The same files in the same order each time: spread evenly over what walk finds.
function pickFiles() {
	const found = [];
	for (const root of options.roots.split(':'))
		walk(root, options['min-kb'] * 1024, options['max-mb'] * MB, found);
	found.sort((a, b) => (a[0] < b[0] ? -1 : 1));
	const all = found.reduce((sum, [, size]) => sum + size, 0);
	const share = Math.min(1, (options['total-mb'] * MB) / all);
	let due = 0;
	return found
		.filter(() => {
			due += share;
			if (due < 1)
				return false;
			due -= 1;
			return true;
		})
		.map(([file]) => file);
}

function serve(request, response) {
	const chunks = [];
	request.on('data', (chunk) => chunks.push(chunk));
	request.on('end', () => {
		const body = Buffer.concat(chunks);
		response.end(crypto.createHash('sha1').update(body).digest('hex'));
	});
}

function post(port, agent, body) {
	return new Promise((resolve, reject) => {
		const request = http.request({ port, agent, host: '127.0.0.1', method: 'POST' }, (response) => {
			let answer = '';
			response.setEncoding('utf8');
			response.on('data', (text) => (answer += text));
			response.on('end', () => resolve(answer));
		});
		request.on('error', reject);
		request.end(body);
	});
}

// A few characters of a long string, and its length: enough to tell a wrong one.
function sample(text) {
	let picked = `${text.length}:`;
	for (let i = 0; i < text.length; i += 65521)
		picked += text[i];
	return picked;
}

async function workOn(file, index, upload) {
	const data = await fs.promises.readFile(file);
	const encoding = ['hex', 'base64', 'latin1'][index % 3];
	const encoded = data.toString(encoding);
	const decoded = Buffer.from(encoded, encoding);
	if (!decoded.equals(data))
		throw new Error(`${file}: ${encoding} does not lead back`);
	return { bytes: data.length, line: `${encoding} ${sample(encoded)} ${await upload(decoded)}` };
}

async function round(files, upload) {
	const results = new Array(files.length);
	let next = 0;
	const worker = async () => {
		while (next < files.length) {
			const index = next++;
			results[index] = await workOn(files[index], index, upload);
		}
	};
	await Promise.all(Array.from({ length: options.concurrency }, worker));
	return results;
}

function statusBytes(field) {
	const status = fs.readFileSync('/proc/self/status', 'utf8');
	return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)[1]) * 1024;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function main() {
	parseOptions(process.argv.slice(2));
	const files = pickFiles();
	if (files.length === 0)
		throw new Error(`no files of the wanted size in ${options.roots}`);
	const server = http.createServer(serve);
	server.keepAliveTimeout = 0; // a process that was stopped for seconds finds its connections open
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const agent = new http.Agent({ keepAlive: true, maxSockets: options.concurrency });
	const upload = (body) => post(server.address().port, agent, body);

	const digest = crypto.createHash('sha1');
	let bytes = 0;
	let elapsed = 0;
	let cpu = 0;
	for (let i = 0; i < options.rounds; i++) {
		const start = process.hrtime.bigint();
		const startCpu = process.cpuUsage();
		for (const result of await round(files, upload)) {
			digest.update(result.line);
			bytes += result.bytes;
		}
		elapsed += Number(process.hrtime.bigint() - start) / 1e6;
		const { user, system } = process.cpuUsage(startCpu);
		cpu += (user + system) / 1e3;
		await sleep(options['pause-ms']);
	}
	const rssBurst = statusBytes('VmRSS');
	await sleep(options['idle-ms']);
	console.log(JSON.stringify({
		files: files.length,
		bytes,
		elapsed_ms: Math.round(elapsed),
		cpu_ms: Math.round(cpu),
		rss_burst: rssBurst,
		rss_idle: statusBytes('VmRSS'),
		rss_peak: statusBytes('VmHWM'),
		digest: digest.digest('hex'),
	}));
	agent.destroy();
	server.close();
}

main().catch((error) => {
	console.error(error);
	process.exit(1); // the server would go on
});
