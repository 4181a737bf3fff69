# SPDX-License-Identifier: Apache-2.0
# A task waits for each session that is gone, and keeps what it has buffered (BasedHardware/omi#4447).
# expect: held
import asyncio

tasks = set()


async def session(gone):
    audio = bytearray(180_000)  # cause
    await gone.wait()
    return len(audio)


async def main():
    while True:
        tasks.add(asyncio.create_task(session(asyncio.Event())))
        await asyncio.sleep(0.02)


asyncio.run(main())
