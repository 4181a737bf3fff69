# SPDX-License-Identifier: Apache-2.0
# A cache of a hundred results.
# expect: innocent
import functools, time, os, random
@functools.lru_cache(maxsize=100)
def get(key):
    return bytearray(300_000)
while True:
    get(random.randrange(100000))
    time.sleep(0.01)
