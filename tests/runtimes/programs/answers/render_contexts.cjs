// SPDX-License-Identifier: Apache-2.0
// Each render has a context of its own for its scripts, and something keeps it (vercel/next.js#97555).
// expect: held heap
const vm = require('node:vm');
const script = new vm.Script('globalThis.page = (props) => "<p>" + props.name + "</p>"; globalThis.state = Array.from({ length: 2000 }, (_, i) => ({ i }));');
const rendered = new Map();
let n = 0;
setInterval(() => {
	const context = vm.createContext({ n });
	script.runInContext(context);
	rendered.set(n++, context.page);
}, 100);
