# SPDX-License-Identifier: Apache-2.0
# Bursts of small objects after some large ones: what the C library's heap makes of them. SCALE
import json
import resource
import sys
import time

scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1
for size in (300_000, 900_000, 2_000_000):
    for _ in range(4):
        large = bytearray(size)
        del large


def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


before, start, cpu = faults(), time.perf_counter(), time.process_time()
rounds = int(1500 * scale)
for _ in range(rounds):
    rows = [bytes(2000) for _ in range(1000)]
    del rows
print(json.dumps({
    "name": "small_bursts_py", "ops": rounds * 1000, "bytes": rounds * 2_000_000,
    "seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu, "faults": faults() - before}))
