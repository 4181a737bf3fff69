// SPDX-License-Identifier: Apache-2.0
// Two callers of fs.readFile, of which one forgets what it reads. callbacks.cjs FILE ROUNDS
const fs = require('fs');
const [file, rounds] = process.argv.slice(2);
const kept = [];
function keep(done) {
	fs.readFile(file, (err, data) => { kept.push(data.length); done(); });
}
function forget(done) {
	fs.readFile(file, null, function forgets(err) { if (err) throw err; done(); });
}
let n = 0;
(function next() {
	if (n++ < rounds) keep(() => forget(() => forget(next)));
})();
