// SPDX-License-Identifier: Apache-2.0
// Each tenant's TLS context is kept: native blocks (nodejs/node#66002).
// expect: held
const tls = require('node:tls');
const tenants = [];
setInterval(() => {
	for (let i = 0; i < 4; i++)
		tenants.push(tls.createSecureContext({})); // cause
}, 20);
