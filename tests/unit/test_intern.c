/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that only grow: each thing once, whatever is asked in between; full tables answer 0
 * and count it. The tests that fill a table come last.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "trace/ground/intern.h"
#include "trace/ground/ledger.h"
#include "trace/sites/sites.h"

static uint64_t
random_next(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static const char *
text_at(uint32_t offset)
{
	return ledger_text(offset);
}

TEST(nothing_is_nothing)
{
	CHECK_EQ(intern_string("", 0), 0);
	CHECK_EQ(intern_string("abc", 0), 0);
	CHECK_EQ(intern_string("\0abc", 4), 0);
	CHECK_STR(text_at(0), "");
}

TEST(a_text_is_kept_once)
{
	enum { KNOWN = 2000 };
	static struct {
		char text[12];
		uint32_t at;
	} known[KNOWN];
	uint64_t state = 1;
	int n = 0;

	for (int round = 0; round < 20000; round++) {
		char text[12];
		size_t length = 1 + random_next(&state) % 3;
		int i = 0;

		for (size_t c = 0; c < length; c++)
			text[c] = (char)('a' + random_next(&state) % 11);
		text[length] = '\0';
		uint32_t at = intern_string(text, length);
		REQUIRE(at != 0);
		CHECK_STR(text_at(at), text);
		while (i < n && strcmp(known[i].text, text) != 0)
			i++;
		if (i == n) {
			REQUIRE(n < KNOWN);
			memcpy(known[n].text, text, sizeof(text));
			known[n++].at = at;
		}
		CHECK_EQ(at, known[i].at);
	}
	CHECK(n > 1000);
}

TEST(a_prefix_is_another_text)
{
	uint32_t whole = intern_string("prefix-and-more", 15);
	uint32_t part = intern_string("prefix-and-more", 6);

	CHECK(whole != part);
	CHECK_STR(text_at(part), "prefix");
	CHECK_EQ(intern_string("prefix", 6), part);
}

/* So many that most meet others in the index; the short ones come last. */
TEST(a_crowd_is_told_apart)
{
	for (int round = 0; round < 2; round++) {
		for (unsigned i = 90000; i-- > 0;) {
			char text[16];

			snprintf(text, sizeof(text), "n%u", i);
			CHECK_STR(text_at(intern_string(text, strlen(text))), text);
		}
	}
	CHECK_EQ(intern_dropped(WEIR_DROP_strings), 0);
}

TEST(long_texts_are_cut_between_characters)
{
	char text[1100];

	memset(text, 'x', sizeof(text));
	CHECK_EQ(strlen(text_at(intern_string(text, 1023))), 1023);
	CHECK_EQ(intern_string(text, 1100), intern_string(text, 1023));
	memcpy(text + 1021, "\xe2\x82\xac", 3); /* the euro sign, three bytes */
	CHECK_EQ(strlen(text_at(intern_string(text, 1100))), 1021);
}

TEST(modules_by_place_and_path)
{
	struct weir_trace_module m = {.start = 0x1000, .end = 0x2000, .path = 1};
	uint16_t one = intern_module(&m);

	CHECK(one != 0);
	m.bias = 5; /* says nothing about which module it is */
	CHECK_EQ(intern_module(&m), one);
	m.end = 0x3000;
	CHECK(intern_module(&m) != one);
}

TEST(frames_by_all_their_words)
{
	struct weir_trace_frame f = {.kind = WEIR_FRAME_JS, .line = 3, .column = 4};
	uint32_t one = intern_frame(&f);

	CHECK(one != 0);
	CHECK_EQ(intern_frame(&f), one);
	f.column++;
	CHECK(intern_frame(&f) != one);
	f.column--;
	f.address = 1;
	CHECK(intern_frame(&f) != one);
}

TEST(stacks_share_their_callers)
{
	uint32_t main = intern_node(0, 10), a = intern_node(main, 11);
	uint32_t used = ledger_count(WEIR_PART_NODES);

	CHECK_EQ(intern_node(main, 11), a);
	CHECK_EQ(ledger_count(WEIR_PART_NODES), used);
	uint32_t b = intern_node(main, 12);
	CHECK(b != a);
	CHECK_EQ(ledger_node(a)->parent, main);
	CHECK(ledger_node(b)->parent < b);
}

struct crowd {
	uint32_t strings[500], frames[500];
};

static void *
intern_some(void *p)
{
	struct crowd *c = p;

	for (uint32_t i = 0; i < 500; i++) {
		char text[16];

		snprintf(text, sizeof(text), "shared %u", i);
		weir_lock(&ledger_lock);
		c->strings[i] = intern_string(text, strlen(text));
		c->frames[i] = intern_frame(
			&(struct weir_trace_frame){.kind = WEIR_FRAME_PYTHON, .line = i});
		weir_unlock(&ledger_lock);
	}
	return NULL;
}

TEST(threads_get_the_same_answers)
{
	static struct crowd crowds[4];
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		REQUIRE(pthread_create(&threads[i], NULL, intern_some, &crowds[i]) == 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	for (int i = 1; i < 4; i++)
		CHECK(memcmp(&crowds[0], &crowds[i], sizeof(crowds[0])) == 0);
	CHECK(crowds[0].strings[0] != crowds[0].strings[1]);
}

TEST(full_modules)
{
	for (uint64_t i = 0; i < CAPACITY_MODULES; i++)
		intern_module(&(struct weir_trace_module){.start = i << 20, .end = 7});
	uint64_t dropped = intern_dropped(WEIR_DROP_modules);
	CHECK(dropped > 0);
	CHECK_EQ(intern_module(&(struct weir_trace_module){.start = 3, .end = 8}), 0);
	CHECK_EQ(intern_dropped(WEIR_DROP_modules), dropped + 1);
	/* Those that are there are still found. */
	CHECK(intern_module(&(struct weir_trace_module){.start = 1u << 20, .end = 7}) !=
	      0);
	CHECK_EQ(intern_dropped(WEIR_DROP_modules), dropped + 1);
}

TEST(full_frames_and_stacks)
{
	struct weir_trace_frame f = {.kind = WEIR_FRAME_NATIVE};
	uint32_t first = 0;

	while (ledger_count(WEIR_PART_FRAMES) < CAPACITY_FRAMES) {
		f.address++;
		uint32_t frame = intern_frame(&f);

		first = first != 0 ? first : frame;
	}
	f.address++;
	CHECK_EQ(intern_frame(&f), 0);
	CHECK_EQ(intern_dropped(WEIR_DROP_frames), 1);
	f.address = 1;
	CHECK_EQ(intern_frame(&f), first);

	for (uint32_t i = 1; ledger_count(WEIR_PART_NODES) < CAPACITY_NODES; i++)
		REQUIRE(intern_node(0, 1000000 + i) != 0);
	CHECK_EQ(intern_node(0, 999999), 0);
	CHECK_EQ(intern_dropped(WEIR_DROP_nodes), 1);
	CHECK(intern_node(0, 1000001) != 0);
	CHECK_EQ(intern_dropped(WEIR_DROP_nodes), 1);
}

TEST(full_text)
{
	char text[1000];
	uint32_t i = 0;

	memset(text, 'y', sizeof(text));
	while (intern_dropped(WEIR_DROP_strings) == 0 && i < 100000) {
		memcpy(text, &(uint32_t){i++ | 0x40404040}, sizeof(uint32_t));
		intern_string(text, sizeof(text));
	}
	CHECK(ledger_count(WEIR_PART_STRINGS) > CAPACITY_STRINGS - 1001);
	CHECK(ledger_count(WEIR_PART_STRINGS) <= CAPACITY_STRINGS);
	CHECK_EQ(*ledger_text(CAPACITY_STRINGS - 1), 0);
	CHECK_STR(text_at(intern_string("prefix", 6)), "prefix");
	CHECK_EQ(intern_dropped(WEIR_DROP_strings), 1);
}

#define TAP_TESTS                                                                        \
	T(nothing_is_nothing)                                                            \
	T(a_text_is_kept_once)                                                           \
	T(a_prefix_is_another_text)                                                      \
	T(a_crowd_is_told_apart)                                                         \
	T(long_texts_are_cut_between_characters)                                         \
	T(modules_by_place_and_path)                                                     \
	T(frames_by_all_their_words)                                                     \
	T(stacks_share_their_callers)                                                    \
	T(threads_get_the_same_answers)                                                  \
	T(full_modules)                                                                  \
	T(full_frames_and_stacks)                                                        \
	T(full_text)

int
main(void)
{
	static const struct tap_test tests[] = {TAP_TESTS};

	return weir_trace_start(1) != 0 ||
	       tap_run(tests, (int)(sizeof(tests) / sizeof(tests[0])));
}
