# SPDX-License-Identifier: Apache-2.0
# Arrays are made and dropped; a table is replaced each half second.
# expect: innocent
import time, array
last = None
while True:
    for i in range(20):
        a = array.array('d', bytes(800_000))
        b = sum(a[:100])
        time.sleep(0.02)
    last = [array.array('d', bytes(400_000)) for _ in range(20)]
