# SPDX-License-Identifier: Apache-2.0
# Sessions are kept in a dict by their id.
# expect: held
import time
class Session:
    def __init__(self, n):
        self.id = n
        self.cart = bytearray(300_000)  # cause
sessions = {}
n = 0
while True:
    sessions[n] = Session(n); n += 1
    time.sleep(0.03)
