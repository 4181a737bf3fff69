// SPDX-License-Identifier: Apache-2.0
// libweir's encoders beside simdutf's, where somebody has that: `make bench-simdutf SIMDUTF=folder` of its
// sources. In turns, one thread, processor time, medians of 15; a cell is simdutf's time for one of weir's,
// so above 1 weir is quicker. With "avx2" both are held to AVX2, with "neon" instructions are counted instead
// (bench/simdutf-arm64.sh). No part of simdutf is in weir.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <unistd.h>
#include <string>
#include <vector>

#include "simdutf.h"
#include "weir/encode.h"

extern "C" int codec_force(const char *name);

static const size_t LARGEST = 20 << 20, ROOM = 64 << 20;
static const simdutf::implementation *peer;
static char *bytes, *text, *out, *other;
static bool counting; // count_insns.c prints the cells

static double now()
{
	timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

template <class F> static double seconds(F call, size_t times)
{
	double start = now();

	for (size_t i = 0; i < times; i++)
		call();
	return (now() - start) / (double)times;
}

static double median(std::vector<double> &samples)
{
	std::sort(samples.begin(), samples.end());
	return samples[samples.size() / 2];
}

static void mark(long what)
{
	const long MARK = 1000000;

	(void)syscall(MARK, what);
}

template <class F, class G> static void counted(F own, G theirs)
{
	own();
	theirs();
	fflush(stdout);
	mark(0);
	own();
	mark(1);
	theirs();
	mark(2);
}

// One cell: weir's nanoseconds and how many times as long simdutf takes.
template <class F, class G> static void cell(F own, G theirs)
{
	if (counting) {
		counted(own, theirs);
		return;
	}
	std::vector<double> a, b;
	size_t times = 1 + (size_t)(0.0015 / std::max(seconds(own, 3), seconds(theirs, 3)));

	for (int i = 0; i < 15; i++) {
		a.push_back(seconds(own, times));
		b.push_back(seconds(theirs, times));
	}
	printf(" | %9.1f ns %5.2f", median(a) * 1e9, median(b) / median(a));
	fflush(stdout);
}

static char *memory(size_t n)
{
	char *p = static_cast<char *>(aligned_alloc(4096, n));

	if (p == nullptr)
		abort();
	memset(p, 1, n);
	return p;
}

// A byte that is in no alphabet after every 40 to 112 of m. Returns the new length.
static size_t scatter(size_t m)
{
	size_t to = 0, next = 0;

	memcpy(out, text, m);
	for (size_t i = 0; i < m; i++) {
		if (i == next) {
			text[to++] = '*';
			next += 40 + (size_t)rand() % 73;
		}
		text[to++] = out[i];
	}
	return to;
}

static void base64()
{
	const auto lenient = simdutf::base64_default_or_url_accept_garbage;
	const weir_lines mime = WEIR_LINES_MIME;
	const char *names[] = {"base64 encode", "base64 decode", "the same, in lines",
			       "garbage scattered", "encode in lines"};

	for (int what = 0; what < 5; what++) {
		printf("%-20s", names[what]);
		for (size_t n : {(size_t)64, (size_t)1 << 10, (size_t)64 << 10, (size_t)1 << 20, LARGEST}) {
			size_t m = what == 2
				? weir_encode_lines(WEIR_BASE64, &mime, text, ROOM, bytes, n).written
				: weir_encode(WEIR_BASE64, text, ROOM, bytes, n).written;

			if (what == 3)
				m = scatter(m);
			if (what == 4)
				cell([=] { weir_encode_lines(WEIR_BASE64, &mime, out, ROOM, bytes, n); },
				     [=] { (void)peer->binary_to_base64_with_lines(bytes, n, other, 76); });
			else if (what == 0)
				cell([=] { weir_encode(WEIR_BASE64, out, ROOM, bytes, n); },
				     [=] { (void)peer->binary_to_base64(bytes, n, other); });
			else
				cell([=] { weir_decode(WEIR_BASE64, WEIR_NODE, out, ROOM, text, m); },
				     [=] { if (peer->base64_to_binary_details(text, m, other, lenient,
									      simdutf::loose).output_count != n)
						abort(); });
		}
		puts("");
	}
}

static void texts(const char *name, const char *sample)
{
	size_t m = strlen(sample);

	printf("%-20s", name);
	for (size_t size : {(size_t)64, (size_t)1 << 10, (size_t)64 << 10}) {
		size_t n = size / m * m;

		for (size_t i = 0; i < n; i++)
			text[i] = sample[i % m];
		size_t units = weir_decode(WEIR_UTF16LE, WEIR_NODE, bytes, LARGEST, text, n).written;
		char16_t *to = reinterpret_cast<char16_t *>(other);
		const char16_t *from = reinterpret_cast<const char16_t *>(bytes);
		cell([=] { weir_decode(WEIR_UTF16LE, WEIR_NODE, out, ROOM, text, n); },
		     [=] { if (peer->convert_utf8_to_utf16le(text, n, to) == 0) abort(); });
		cell([=] { weir_encode(WEIR_UTF16LE, out, ROOM, bytes, units); },
		     [=] { if (peer->convert_utf16le_to_utf8(from, units / 2, other) == 0) abort(); });
		cell([=] { if (weir_utf8_valid(text, n) != n) abort(); },
		     [=] { if (!peer->validate_utf8(text, n)) abort(); });
		cell([=] { weir_decode(WEIR_UTF8, WEIR_NODE, out, ROOM, text, n); },
		     [=] { if (!peer->validate_utf8(text, n)) abort();
			   memcpy(other, text, n); });
	}
	puts("");
}

// Latin-1 of which every ninth byte is not ASCII, or none.
static void latin1(const char *name, bool plain)
{
	printf("%-20s", name);
	for (size_t n : {(size_t)64, (size_t)1 << 10, (size_t)64 << 10}) {
		char16_t *to = reinterpret_cast<char16_t *>(other);
		uint16_t *units = reinterpret_cast<uint16_t *>(out);
		std::vector<char16_t> wide(n);

		for (size_t i = 0; i < n; i++)
			bytes[i] = !plain && i % 9 == 4 ? (char)0xe9 : 'e';
		size_t m = weir_encode(WEIR_LATIN1, text, ROOM, bytes, n).written;
		weir_encode_utf16(WEIR_LATIN1, reinterpret_cast<uint16_t *>(wide.data()), n, bytes, n);
		const char16_t *from = wide.data();
		const uint16_t *own = reinterpret_cast<const uint16_t *>(from);
		cell([=] { weir_encode(WEIR_LATIN1, out, ROOM, bytes, n); },
		     [=] { if (peer->convert_latin1_to_utf8(bytes, n, other) != m) abort(); });
		cell([=] { weir_decode(WEIR_LATIN1, WEIR_NODE, out, ROOM, text, m); },
		     [=] { if (peer->convert_utf8_to_latin1(text, m, other) != n) abort(); });
		cell([=] { weir_encode_utf16(WEIR_LATIN1, units, ROOM / 2, bytes, n); },
		     [=] { if (peer->convert_latin1_to_utf16le(bytes, n, to) != n) abort(); });
		cell([=] { weir_decode_utf16(WEIR_LATIN1, WEIR_NODE, out, ROOM, own, n); },
		     [=] { if (peer->convert_utf16le_to_latin1(from, n, other) != n) abort(); });
	}
	puts("");
}

int main(int argc, char **argv)
{
	std::string isa = argc > 1 ? argv[1] : "avx512";

	counting = isa == "neon";
	peer = simdutf::get_available_implementations()[counting	? "arm64"
							: isa == "avx2" ? "haswell"
									: "icelake"];
	if (peer == nullptr || codec_force(isa.c_str()) != 0) {
		puts("not on this processor");
		return 1;
	}
	bytes = memory(LARGEST + 4096);
	text = memory(ROOM);
	out = memory(ROOM);
	other = memory(ROOM);
	for (size_t i = 0; i < LARGEST; i++)
		bytes[i] = (char)(rand() >> 7);
	printf("%s and simdutf %s, %s\n%-20s | 64 B, 1 KB, 64 KB, 1 MB, 20 MB\n", weir_isa(),
	       SIMDUTF_VERSION, std::string(peer->name()).c_str(), "");
	base64();
	puts("text of 64 B, 1 KB and 64 KB: to UTF-16, from UTF-16, checked, checked and copied");
	texts("ASCII", "a");
	texts("Latin", "Les na\u00effs \u0153gith\u00e9es h\u00e2tifs d\u00e9j\u00e0 ");
	texts("Greek", "\u039b\u03bf\u03c1\u03ad\u03bc \u03b9\u03c0\u03c3\u03bf\u03c5\u03bc ");
	texts("Chinese", "\u5929\u5730\u7384\u9ec3\uff0c\u5b87\u5b99\u6d2a\u8352\u3002");
	texts("with emoji", "\u039b\u03bf \u5929 abc \U0001f600\U0001f680");
	puts("Latin-1 of 64 B, 1 KB and 64 KB: to UTF-8, from it, to UTF-16, from it");
	latin1("plain", true);
	latin1("with accents", false);
	return 0;
}
