// SPDX-License-Identifier: Apache-2.0
// Each request listens for the one signal of the end, and never stops (langchain-ai/langchainjs#9905).
// expect: held
const end = new AbortController();
require('node:events').setMaxListeners(0, end.signal);
function request() {
	const upload = new Uint8Array(250_000); // cause
	end.signal.addEventListener('abort', () => upload.fill(0));
}
setInterval(request, 40);
