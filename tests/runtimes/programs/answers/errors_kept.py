# SPDX-License-Identifier: Apache-2.0
# Errors are kept with their tracebacks, whose frames keep the data.
# expect: held
import time
errors = []
def handle(n):
    payload = bytearray(250_000)  # cause
    payload[0] = 1
    raise ValueError(n)
n = 0
while True:
    try:
        handle(n)
    except ValueError as e:
        errors.append(e)
    n += 1
    time.sleep(0.03)
