// SPDX-License-Identifier: Apache-2.0
// Bursts of small objects after some large ones: what the C library's heap makes of them. SCALE
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

static double
now(clockid_t clock)
{
	timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static long
faults()
{
	rusage used;

	getrusage(RUSAGE_SELF, &used);
	return used.ru_minflt;
}

static void
bursts(int rounds)
{
	for (int round = 0; round < rounds; round++) {
		std::vector<std::unique_ptr<std::string>> rows;

		for (int i = 0; i < 1000; i++)
			rows.push_back(std::make_unique<std::string>(2000, 'x'));
	}
}

int
main(int argc, char **argv)
{
	double scale = argc > 1 ? atof(argv[1]) : 1;
	int rounds = int(1000 * scale);

	for (size_t size : {300000, 900000, 2000000})
		for (int i = 0; i < 4; i++)
			std::vector<char> large(size, 'x');
	long before = faults();
	double start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	bursts(rounds);
	std::thread(bursts, rounds).join();
	printf("{\"name\": \"small_bursts_cc\", \"ops\": %d, \"bytes\": %ld, "
	       "\"seconds\": %f, \"cpu_seconds\": %f, \"faults\": %ld}\n",
	       2 * rounds * 1000, 2L * rounds * 2000000, now(CLOCK_MONOTONIC) - start,
	       now(CLOCK_PROCESS_CPUTIME_ID) - cpu, faults() - before);
	return 0;
}
