# SPDX-License-Identifier: Apache-2.0
# CPython's large objects: bytes, bytearray, memoryview, array, codecs, files, threads, fork.
# Prints digests; a byte that weir changed, lost or failed to clear changes a line.
import array, base64, hashlib, io, os, pickle, sys, tempfile, threading, zlib

KB, MB = 1024, 1024 * 1024
SIZES = [1, 64 * KB, 128 * KB - 34, 128 * KB, 200001, MB - 1, MB, 2 * MB + 1, 5 * MB, 10 * MB + 1, 20 * MB + 12345]


def digest(data):
    return hashlib.sha1(data).hexdigest()[:16]


def pattern(size, seed):
    words = array.array('I')
    x = seed * 2654435761 % 2**32 + 1
    for _ in range(min(size, 4096) // 4 + 1):
        x = (x * 1664525 + 1013904223) % 2**32
        words.append(x)
    piece = words.tobytes()
    return (piece * (size // len(piece) + 1))[:size]


for seed, size in enumerate(SIZES):
    data = pattern(size, seed)
    print(size, digest(data), digest(data.hex().encode()), digest(base64.b64encode(data)),
          digest(data.decode('latin1').encode('utf-16-le')), digest(zlib.decompress(zlib.compress(data, 1))))
    if base64.b64decode(base64.b64encode(data)) != data or bytes.fromhex(data.hex()) != data:
        sys.exit(f'{size}: does not come back')

# Blocks that come back dirty must be clean when zeros are asked for.
for round in range(8):
    for size in SIZES:
        for fresh in bytes(size), bytearray(size), array.array('q', [0]) * (size // 8 + 1):
            if bytes(fresh).count(0) != len(fresh) * getattr(fresh, 'itemsize', 1):
                sys.exit(f'{type(fresh)} of {size} is not zero')
        dirty = bytearray(b'\xa5' * size)
        dirty.extend(dirty)
        del dirty[size // 2:]
print('zeros are zero')

grown = bytearray()
for i in range(120):
    grown += pattern(100 * KB + i, i)
print('grown', len(grown), digest(grown))
with memoryview(grown) as view:
    print('view', digest(view[MB:9 * MB:3].tobytes()))
while len(grown) > 300 * KB:
    del grown[-len(grown) // 3:]
print('shrunk', len(grown), digest(grown))
text = ''.join(chr(0x20 + i % 0x2fff) for i in range(MB))
print('text', digest(text.encode()), digest(text.encode('utf-32')), len(text.encode().decode().upper()))
print('pickle', digest(pickle.dumps([pattern(MB, i) for i in range(6)], 5)))
rows = [(i * 7919 % 100003, str(i)) for i in range(100003)]
rows.sort()
print('sorted', digest(repr(rows).encode()))

with tempfile.TemporaryFile() as file:
    file.write(pattern(12 * MB, 3))
    file.seek(0)
    print('file', digest(file.read()))
    file.seek(0)
    target = bytearray(5 * MB)
    print('into', file.readinto(target), digest(target))
stream = io.BytesIO()
for i in range(50):
    stream.write(pattern(300 * KB, i))
print('stream', digest(stream.getvalue()))

results = [None] * 4


def work(n):
    held = [pattern(150 * KB * (i % 9 + 1), n * 100 + i) for i in range(40)]
    results[n] = digest(b''.join(held))


threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print('threads', results)

sys.stdout.flush()
kept = pattern(3 * MB, 77)
for n in range(3):
    pid = os.fork()
    if pid == 0:
        print('child', n, digest(kept), digest(pattern(2 * MB, n)), flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
print('parent', digest(kept))
