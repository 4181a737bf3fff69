// SPDX-License-Identifier: Apache-2.0
// Each request's signal is made of its own and of the server's, and what listens to it keeps the body (nodejs/node#55328).
// expect: held
const shutdown = new AbortController();
setInterval(() => {
	const body = Buffer.alloc(160_000, 1); // cause
	const request = new AbortController();
	AbortSignal.any([shutdown.signal, request.signal]).addEventListener('abort', () => body.fill(0));
}, 20);
