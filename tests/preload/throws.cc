// SPDX-License-Identifier: Apache-2.0
// Exceptions that hold large blocks, thrown through many frames and threads, and across dlopen;
// thread-local objects that free and allocate when their thread ends.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

static std::atomic<unsigned> caught, ended;
static volatile std::size_t too_large = std::size_t(1) << 62;

struct Large {
	std::vector<char> bytes;
	std::string text;
	explicit Large(unsigned n) : bytes(200000 + n % 9 * 700000, char(n)), text(300000, 'x') {}
};

struct Local {
	std::unique_ptr<Large> held;
	~Local()
	{
		held.reset();
		std::vector<char> last(3000000, 1);
		ended += last[2999999];
	}
};

static thread_local Local local;

static unsigned descend(unsigned depth, unsigned n)
{
	Large here(n + depth);
	if (depth == 0)
		throw std::runtime_error(std::string(500000, char('a' + n % 26)));
	return descend(depth - 1, n) + unsigned(here.bytes[n % 1000]);
}

static void work(unsigned seed)
{
	local.held = std::make_unique<Large>(seed);
	for (unsigned i = 0; i < 20; i++) {
		try {
			descend(i % 12, seed + i);
		} catch (const std::runtime_error &e) {
			if (e.what()[499999] == 'a' + char((seed + i) % 26))
				caught++;
		}
		try {
			std::vector<char> absurd(too_large);
		} catch (const std::bad_alloc &) {
			caught++;
		}
	}
}

int main()
{
	for (unsigned round = 0; round < 3; round++) {
		std::vector<std::thread> threads;
		for (unsigned i = 0; i < 6; i++)
			threads.emplace_back(work, round * 100 + i);
		for (auto &t : threads)
			t.join();
	}
	std::printf("caught %u ended %u\n", caught.load(), ended.load());
	return caught == 3 * 6 * 40 && ended == 18 ? 0 : 1;
}
