# SPDX-License-Identifier: Apache-2.0
# Writes to a slow peer are not drained, and wait in the transport (python/cpython#116279).
# expect: held
import asyncio
async def slow(reader, writer):
    while await reader.read(8192):
        await asyncio.sleep(0.5)
async def main():
    server = await asyncio.start_server(slow, '127.0.0.1', 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    while True:
        for _ in range(8):
            writer.write(b'0' * 16384)  # cause
        await asyncio.sleep(0.02)
asyncio.run(main())
