// SPDX-License-Identifier: Apache-2.0
// A formatter of dates is made for each answer, and dropped (nodejs/node#57213).
// expect: innocent
let n = 0;
setInterval(() => {
	for (let i = 0; i < 3; i++)
		n += new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' }).format(n).length;
}, 10);
