# SPDX-License-Identifier: Apache-2.0
# Each job's thread waits for an event that never comes, with its data (python/cpython#87238).
# expect: held
import threading, time
def job(n):
    data = bytearray(b'x' * 300_000)  # cause
    threading.Event().wait()
n = 0
while n < 900:
    threading.Thread(target=job, args=(n,), daemon=True).start(); n += 1
    time.sleep(0.03)
time.sleep(100)
