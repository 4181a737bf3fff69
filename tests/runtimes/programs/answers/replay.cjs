// SPDX-License-Identifier: Apache-2.0
// All frames are kept for those who listen later (ReactiveX/rxjs#3336).
// expect: held
class Replay { constructor() { this.events = []; this.observers = []; } next(v) { this.events.push({ v, at: Date.now() }); for (const o of this.observers) o(v); } }
const subject = new Replay();
let sum = 0;
subject.observers.push((v) => { sum += v[3]; });
setInterval(() => {
	const frame = new Float64Array(30000); // cause
	for (let i = 0; i < frame.length; i += 8) frame[i] = Math.random();
	subject.next(frame);
}, 30);
