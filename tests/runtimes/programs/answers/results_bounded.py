# SPDX-License-Identifier: Apache-2.0
# The last four hundred results are in a deque, copied as they come (truenas/middleware#8197).
# expect: innocent
import collections
import copy
import time

results = collections.deque(maxlen=400)
n = 0
while True:
    result = {"id": n, "disks": [{"name": "disk %d" % i, "data": b"x" * (200 + i)} for i in range(600)]}
    results.append(copy.deepcopy(result))
    n += 1
    time.sleep(0.02)
