// SPDX-License-Identifier: Apache-2.0
// Each user is a label of its own: a histogram is kept for each (siimon/prom-client#142).
// expect: held heap
const metrics = new Map();
let n = 0;
function observe(labels, v) {
	const key = JSON.stringify(labels);
	let h = metrics.get(key);
	if (!h) metrics.set(key, h = { labels, buckets: Object.fromEntries([0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10].map((b) => [b, 0])), sum: 0, count: 0 });
	h.sum += v; h.count++;
	for (const b in h.buckets) if (v <= b) h.buckets[b]++;
}
setInterval(() => { for (let i = 0; i < 40; i++) observe({ path: '/user/' + n++, method: 'GET', code: 200 }, Math.random()); }, 10);
