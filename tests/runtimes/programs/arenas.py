# SPDX-License-Identifier: Apache-2.0
# Keeps pairs that lie in CPython's own arenas: malloc is asked for none of them.
import time

kept = None
while True:
    for n in range(600):
        kept = (kept, n * 1000000)
    time.sleep(0.01)
