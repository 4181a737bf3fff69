# SPDX-License-Identifier: Apache-2.0
# Results of a method are kept by an lru_cache without a bound (python/cpython#64058).
# expect: held
import functools, time, os
class Repo:
    @functools.lru_cache(maxsize=None)
    def get(self, key):
        return os.urandom(200_000)  # cause
r = Repo(); k = 0
while True:
    r.get(k); k += 1
    time.sleep(0.02)
