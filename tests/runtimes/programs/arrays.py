# SPDX-License-Identifier: Apache-2.0
# NumPy's arrays: made, grown, sorted, transformed, saved. Prints digests of their bytes.
import hashlib, io, os, sys, tempfile, threading
import numpy as np

KB, MB = 1024, 1024 * 1024
SIZES = [1000, 128 * KB, 128 * KB + 8, 300008, MB, 2 * MB + 8, 5 * MB, 12 * MB + 8]


def digest(a):
    return hashlib.sha1(np.ascontiguousarray(a).view(np.uint8)).hexdigest()[:16]


def pattern(n, seed):
    return (np.arange(n, dtype=np.uint64) * np.uint64(6364136223846793005) + np.uint64(seed)) >> np.uint64(7)


for seed, size in enumerate(SIZES):
    a = pattern(size // 8, seed)
    print(size, digest(a), digest(np.sort(a)), digest(a[::-1]), digest(a.astype(np.float32)),
          digest(np.concatenate([a, a[:100]])), int(a.sum()), int(np.cumsum(a)[-1]))

# Blocks that come back dirty must be clean when zeros are asked for.
for round in range(6):
    for size in SIZES:
        if np.zeros(size // 8).any() or np.zeros((size // 64, 8), dtype=np.int64, order='F').any():
            sys.exit(f'np.zeros of {size} bytes is not zero')
        np.empty(size, dtype=np.uint8).fill(0xa5)
print('zeros are zero')

grown = pattern(20000, 1)
for n in range(40000, 3000000, 70001):
    grown = grown.copy()
    grown.resize(n, refcheck=False)
    if grown[-1000:].any():
        sys.exit('the rest of a resized array is not zero')
print('resized', digest(grown))

frame = pattern(1920 * 1080 // 2, 5).view(np.uint32).astype(np.uint32).reshape(1080, 1920)
print('frame', digest(frame.T), digest(np.rot90(frame)), digest(np.pad(frame, 16)), digest(frame[::2, ::2]))
m = pattern(300 * 300, 9).astype(np.int64).reshape(300, 300) % 1000
print('product', digest(m @ m))
print('spectrum', int(np.abs(np.fft.rfft((pattern(1 << 18, 2) % np.uint64(256)).astype(float))).sum()) // 1000)
print('words', digest(np.array([f'{i:09}' for i in range(50000)])))

file = io.BytesIO()
np.savez_compressed(file, a=frame, b=m)
file.seek(0)
loaded = np.load(file)
print('saved', digest(loaded['a']), digest(loaded['b']))
path = os.path.join(tempfile.mkdtemp(), 'array')
pattern(MB, 4).tofile(path)
print('file', digest(np.fromfile(path, dtype=np.uint64)), digest(np.memmap(path, mode='c')))

results = [None] * 4


def work(n):
    for i in range(12):
        results[n] = digest(np.sort(pattern(200000 + i * 10000, n)) * np.uint64(3))


threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print('threads', results)
