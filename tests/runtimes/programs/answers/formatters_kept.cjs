// SPDX-License-Identifier: Apache-2.0
// A formatter of dates is kept for each user: ICU's native memory.
// expect: held
const zones = Intl.supportedValuesOf('timeZone');
const users = new Map();
let id = 0;
setInterval(() => {
	for (let i = 0; i < 3; i++) {
		const timeZone = zones[id % zones.length];
		const f = new Intl.DateTimeFormat('en', { timeZone, dateStyle: 'full', timeStyle: 'long' }); // cause
		f.format(0);
		users.set(id++, f);
	}
}, 10);
