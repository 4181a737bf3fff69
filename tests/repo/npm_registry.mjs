// SPDX-License-Identifier: Apache-2.0
// npm_registry FOLDER PORT_FILE: a registry of the packed packages in a folder, for npm, pnpm and yarn; its port to the file.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder, portFile] = process.argv.slice(2);
const packages = new Map();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.tgz'))) {
	const text = execFileSync('tar', ['-xOzf', join(folder, file), 'package/package.json'], { encoding: 'utf8' });
	packages.set(JSON.parse(text).name, { file, manifest: JSON.parse(text) });
}

function answer(url, host) {
	if (url.endsWith('.tgz'))
		return readFileSync(join(folder, url.slice(url.lastIndexOf('/') + 1)));
	const { file, manifest } = packages.get(decodeURIComponent(url.slice(1)));
	const bytes = readFileSync(join(folder, file));
	const dist = {
		tarball: `http://${host}/${file}`,
		integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
		shasum: createHash('sha1').update(bytes).digest('hex'),
	};
	return JSON.stringify({
		name: manifest.name,
		'dist-tags': { latest: manifest.version },
		versions: { [manifest.version]: { ...manifest, dist } },
		time: { [manifest.version]: '2026-01-01T00:00:00.000Z' },
	});
}

const server = createServer((request, response) => {
	try {
		response.end(answer(request.url, request.headers.host));
	} catch {
		response.writeHead(404).end('{}');
	}
});
server.listen(0, '127.0.0.1', () => {
	writeFileSync(`${portFile}.new`, String(server.address().port));
	renameSync(`${portFile}.new`, portFile);
});
