// SPDX-License-Identifier: Apache-2.0
// A log is one text that grows, and is looked into now and then.
// expect: held heap
let log = '';
setInterval(() => {
	for (let i = 0; i < 400; i++)
		log += `request ${i} done in ${Math.random()} ms\n`;
	if (log.length % 7 === 0)
		log.charCodeAt(5);
}, 10);
