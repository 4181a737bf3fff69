# SPDX-License-Identifier: Apache-2.0
# Clients that refer to themselves are dropped: garbage of the cycle collector (boto/botocore#805).
# expect: innocent
import time
class Client:
    def __init__(self):
        self.meta = {'client': self}
        self.buffer = bytearray(400_000)  # cause
def work():
    c = Client()
    return len(c.buffer)
while True:
    work()
    time.sleep(0.03)
