# SPDX-License-Identifier: Apache-2.0
# A queue of asyncio without a bound is read more slowly than it fills (python/cpython#81162).
# expect: held
import asyncio
async def main():
    q = asyncio.Queue()
    async def produce():
        while True:
            q.put_nowait(bytes(250_000))  # cause
            await asyncio.sleep(0.02)
    async def consume():
        while True:
            await q.get(); await asyncio.sleep(0.2)
    await asyncio.gather(produce(), consume())
asyncio.run(main())
