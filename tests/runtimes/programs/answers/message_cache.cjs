// SPDX-License-Identifier: Apache-2.0
// Messages of all channels are cached by their id and never swept; each frame is parsed (discordjs/discord.js#2887).
// expect: held heap
const channels = new Map();
let n = 0;
setInterval(() => {
	for (let i = 0; i < 60; i++) {
		const frame = JSON.stringify({ id: String(n++), channel: n % 50, content: 'hello '.repeat(20), author: { id: n % 1000, name: 'someone', roles: [1, 2, 3] } });
		const message = JSON.parse(frame);
		const cache = channels.get(message.channel) ?? channels.set(message.channel, new Map()).get(message.channel);
		cache.set(message.id, message);
	}
}, 10);
