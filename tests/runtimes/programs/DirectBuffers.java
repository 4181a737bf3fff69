// SPDX-License-Identifier: Apache-2.0
// The JVM's direct buffers, which are malloc's (its heap is not): filled, copied, written, read,
// compressed, dropped. Prints checksums.
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

public class DirectBuffers {
	static final int KB = 1024, MB = 1024 * KB;
	static final int[] SIZES = {1, 64 * KB, 128 * KB - 8, 128 * KB, 200001, MB - 1, MB, 2 * MB + 1,
		5 * MB, 10 * MB + 1, 20 * MB + 12345};

	static String digest(ByteBuffer b) {
		CRC32 crc = new CRC32();
		crc.update(b.duplicate().rewind());
		return Long.toHexString(crc.getValue());
	}

	static ByteBuffer pattern(int size, int seed) {
		ByteBuffer b = ByteBuffer.allocateDirect(size);
		int x = seed;
		for (int i = 0; i < size; i++) {
			x = x * 1664525 + 1013904223;
			b.put(i, (byte) (x >> 24));
		}
		return b;
	}

	static void zero(int size) {
		ByteBuffer b = ByteBuffer.allocateDirect(size);
		for (int i = 0; i < size; i++) {
			if (b.get(i) != 0)
				throw new AssertionError("a buffer of " + size + " bytes is not zero");
			b.put(i, (byte) 0xa5);
		}
	}

	static ByteBuffer squeezed(ByteBuffer from) throws Exception {
		ByteBuffer small = ByteBuffer.allocateDirect(from.capacity() + 1000);
		ByteBuffer back = ByteBuffer.allocateDirect(from.capacity());
		Deflater deflater = new Deflater(1);
		deflater.setInput(from.duplicate().rewind());
		deflater.finish();
		deflater.deflate(small);
		deflater.end();
		Inflater inflater = new Inflater();
		inflater.setInput(small.flip());
		inflater.inflate(back);
		inflater.end();
		return back;
	}

	static void churn(int seed) {
		ByteBuffer[] held = new ByteBuffer[20];
		for (int i = 0; i < 40; i++)
			held[i * 7919 % 20] = pattern(SIZES[i % 6], seed + i);
		CRC32 crc = new CRC32();
		for (ByteBuffer b : held)
			crc.update(b);
		System.out.println("churn " + seed + " " + Long.toHexString(crc.getValue()));
	}

	public static void main(String[] args) throws Exception {
		for (int i = 0; i < SIZES.length; i++)
			System.out.println(SIZES[i] + " " + digest(pattern(SIZES[i], i)));
		for (int round = 0; round < 2; round++) {
			for (int size : SIZES)
				zero(size);
			System.gc();
		}
		System.out.println("zeros are zero");
		System.out.println("zlib " + digest(squeezed(pattern(8 * MB, 2))));
		file();
		for (int seed = 0; seed < 4; seed++) {
			int mine = seed * 1000;
			Thread thread = new Thread(() -> churn(mine));
			thread.start();
			thread.join();
		}
		ArrayList<Thread> threads = new ArrayList<>();
		for (int n = 0; n < 4; n++) {
			Thread thread = new Thread(() -> {
				for (int i = 0; i < 15; i++)
					zero(150 * KB * (i % 5 + 1));
			});
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads)
			thread.join();
		Process child = new ProcessBuilder("echo", "child").start();
		System.out.print(new String(child.getInputStream().readAllBytes()));
		System.out.println("done " + child.waitFor());
	}

	static void file() throws IOException {
		Path path = Files.createTempFile("direct", "buffers");
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			channel.write(pattern(12 * MB, 3));
			ByteBuffer direct = ByteBuffer.allocateDirect(12 * MB);
			channel.read(direct, 0);
			System.out.println("file " + digest(direct));
			// A heap buffer passes through a temporary direct one of the same size.
			ByteBuffer heap = ByteBuffer.allocate(12 * MB);
			channel.read(heap, 0);
			System.out.println("heap " + digest(heap));
		}
		Files.delete(path);
	}
}
