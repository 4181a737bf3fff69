// SPDX-License-Identifier: Apache-2.0
// A proxy pipes large bodies through.
// expect: innocent
const http = require('node:http');
const piece = Buffer.alloc(65536, 1);
const origin = http.createServer((request, answer) => {
	let sent = 0;
	const go = () => {
		while (sent++ < 40)
			if (!answer.write(piece)) {
				answer.once('drain', go);
				return;
			}
		answer.end();
	};
	go();
});
const proxy = http.createServer((request, answer) => {
	http.get({ port: origin.address().port }, (from) => from.pipe(answer));
});
function ask() {
	http.get({ port: proxy.address().port }, (answer) => {
		answer.resume();
		answer.on('end', () => setTimeout(ask, 30));
	});
}
origin.listen(0, () => proxy.listen(0, () => {
	ask();
	ask();
}));
