# SPDX-License-Identifier: Apache-2.0
# The task of each request refers to its own error: cycles, dropped.
# expect: innocent
import asyncio
class Request:
    def __init__(self): self.body = bytearray(200_000)  # cause
async def handle(r):
    await asyncio.sleep(0.05)
    try:
        raise RuntimeError('x')
    except RuntimeError as e:
        err = e
        r.error = err
    return 1
async def main():
    while True:
        r = Request()
        asyncio.ensure_future(handle(r)); del r
        await asyncio.sleep(0.02)
asyncio.run(main())
