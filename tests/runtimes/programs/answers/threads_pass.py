# SPDX-License-Identifier: Apache-2.0
# Each job has a thread of its own, which works for six seconds on its data and ends.
# expect: innocent
import threading, time
def job(n):
    data = bytearray(b'x' * 300_000)
    time.sleep(6)
    del data
n = 0
while True:
    threading.Thread(target=job, args=(n,), daemon=True).start(); n += 1
    time.sleep(0.03)
