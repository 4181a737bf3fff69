# SPDX-License-Identifier: Apache-2.0
# The futures of a pool of threads are kept, with their results (python/cpython#85865).
# expect: held
import concurrent.futures as cf, time
def work(n):
    return bytearray(300_000)  # cause
done = []
with cf.ThreadPoolExecutor(4) as ex:
    n = 0
    while True:
        done.append(ex.submit(work, n)); n += 1
        time.sleep(0.03)
