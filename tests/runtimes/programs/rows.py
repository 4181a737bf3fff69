# SPDX-License-Identifier: Apache-2.0
# Keeps rows of 2000 bytes, 10 MB a second, on one thread. The eighth line is to be named.
import time

rows = []
def on_row():
    for _ in range(100):
        rows.append(bytearray(2000))

end = time.monotonic() + 60
while time.monotonic() < end:
    on_row()
    time.sleep(0.02)
