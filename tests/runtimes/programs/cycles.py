# SPDX-License-Identifier: Apache-2.0
# Keeps what it makes ("kept"), or drops what refers to itself ("dropped"), with CPython's collector switched off.
import gc
import sys
import time


class Client:
    def __init__(self):
        self.me = self
        self.buffer = bytearray(400_000)


gc.disable()
kept = []
while True:
    client = Client()
    if sys.argv[1] == "kept":
        kept.append(client)
    time.sleep(0.02)
