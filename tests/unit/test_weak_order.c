/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is lock-free, as it is and broken, in all executions on a processor of weak order (weak_order.h): as it is nothing
 * bad can be reached, broken it can. doc/reliability.md lists them. Whoever changes one of these orders in the
 * code changes it here, too. What is read while it is written is in test_weak_readers.c.
 */
#include "tests/tap.h"
#include "tests/unit/weak_order.h"

/* The explorer itself: what 64-bit ARM allows and forbids. */
static bool
neither_saw(const struct weak_state *end)
{
	return end->regs[A] == 0 && end->regs[B] == 0;
}

/* Each writes its word, then looks at the other's. */
static bool
both_may_miss(enum weak_order store, enum weak_order load, bool exchange)
{
	struct weak w = {0};

	if (exchange)
		weak_exchange(&w, 0, C, X, 1, store, ANY);
	else
		weak_store(&w, 0, X, 1, store);
	weak_load(&w, 0, A, Y, load);
	weak_store(&w, 1, Y, 1, SC);
	weak_load(&w, 1, B, X, SC);
	return weak_can(&w, neither_saw);
}

/* Data, then a flag; the flag, then the data. */
static bool
data_may_miss(enum weak_order flag, enum weak_order look, bool fence)
{
	struct weak w = {0};

	weak_store(&w, 0, DATA, 1, RLX);
	if (fence)
		weak_fence(&w, 0, FENCE);
	weak_store(&w, 0, X, 1, flag);
	weak_load(&w, 1, A, X, look);
	weak_load(&w, 1, B, DATA, RLX);
	return weak_can(&w, saw_flag_not_data);
}

static bool
loaded_what_comes_later(const struct weak_state *end)
{
	return end->regs[A] == 1 && end->regs[B] == 1;
}

TEST(the_explorer_knows_what_such_a_processor_does)
{
	CHECK(both_may_miss(RLX, RLX, false));
	CHECK(both_may_miss(REL, ACQ, false));
	CHECK(!both_may_miss(SC, SC, false));
	CHECK(data_may_miss(RLX, ACQ, false));
	CHECK(data_may_miss(REL, RLX, false));
	CHECK(!data_may_miss(REL, ACQ, false));

	struct weak w = {0};
	weak_load(&w, 0, A, X, RLX);
	weak_store(&w, 0, Y, 1, RLX);
	weak_load(&w, 1, B, Y, RLX);
	weak_store(&w, 1, X, 1, RLX);
	CHECK(weak_can(&w, loaded_what_comes_later));
	w.ops[1][1].if_reg = B;
	w.ops[1][1].if_value = 1;
	w.ops[0][0].order = ACQ;
	CHECK(!weak_can(&w, loaded_what_comes_later));
}

/*
 * gate_speak and timer_fall_silent; vm_calls_begin and vm_calls_forbid; who sleeps on a lock or a bell, and whoever
 * forbids it; unwind_rule_at and unwind_forget; timer_start and who forbids it.
 */
TEST(who_forbids_a_call_sees_whoever_is_about_to_make_it)
{
	CHECK(!both_may_miss(SC, SC, true));
	CHECK(both_may_miss(SC, RLX, true)); /* an exchange is no fence */
	CHECK(both_may_miss(SC, ACQ, true));
}

/*
 * Functions put in front of the next allocator and what these load (NEXT); reads_v8 and its layout; the filter
 * of samples; ledger_used, n_modules, metas and their records; a site's chunk by site_cache; told_ns.
 */
TEST(who_finds_a_thing_finds_what_it_leads_to)
{
	CHECK(!data_may_miss(REL, ACQ, false));
	CHECK(!data_may_miss(RLX, ACQ, true));
	CHECK(data_may_miss(REL, RLX, true)); /* a jump orders no loads */
}

/* The hull: bytes before low, low before bytes. */
static bool
old_bytes_from_new_low(const struct weak_state *end)
{
	return end->regs[A] == 1 && end->regs[B] == 0;
}

static bool
hull_may_shrink(enum weak_order load)
{
	struct weak w = {0};

	weak_store(&w, 0, Y, 1, REL); /* bytes */
	weak_store(&w, 0, X, 1, REL); /* low */
	weak_load(&w, 1, A, X, load);
	weak_load(&w, 1, B, Y, load);
	return weak_can(&w, old_bytes_from_new_low);
}

/* A block (X is its address) that is handed on by nothing but that: weir_hull_has. */
static bool
block_may_be_a_strangers(bool by_address)
{
	struct weak w = {0};

	weak_store(&w, 0, Y, 1, REL);
	weak_store(&w, 0, X, 1, REL);
	weak_load(&w, 1, A, X, RLX);
	if (by_address)
		weak_load_by(&w, 1, A, B, Y, ACQ);
	else
		weak_load(&w, 1, B, Y, ACQ);
	return weak_can(&w, saw_flag_not_data);
}

TEST(a_hull_that_grows_never_lacks_what_it_had)
{
	CHECK(!hull_may_shrink(ACQ));
	CHECK(hull_may_shrink(RLX));
	CHECK(!block_may_be_a_strangers(true));
	CHECK(block_may_be_a_strangers(false));
}

/* A magazine's owner (magazine_enter) and its visitor. X: busy, Y: claimed; each leaves a mark and looks for the other's. */
static bool
both_were_in(const struct weak_state *end)
{
	return end->regs[A] == 0 && end->regs[B] == 0 && end->regs[C] == 0 &&
	       end->regs[D] == 0;
}

static bool
both_may_be_in(enum weak_order own, bool membarrier, enum weak_order leave)
{
	struct weak w = {0};

	weak_store(&w, 0, X, 1, own);
	weak_load(&w, 0, A, Y, own == SC ? SC : ACQ);
	weak_load(&w, 0, C, DATA, RLX);
	weak_store_if(&w, 0, A, 0, OWN, 1);
	weak_store(&w, 0, X, 0, leave);
	weak_store(&w, 1, Y, 1, SC);
	if (membarrier)
		weak_fence(&w, 1, MEMBARRIER);
	weak_load(&w, 1, B, X, SC);
	weak_load(&w, 1, D, OWN, RLX);
	weak_store_if(&w, 1, B, 0, DATA, 1);
	weak_store(&w, 1, Y, 0, leave);
	return weak_can(&w, both_were_in);
}

TEST(a_magazine_has_its_owner_or_a_visitor)
{
	CHECK(!both_may_be_in(RLX, true, REL));
	CHECK(!both_may_be_in(SC, false, REL)); /* MAGAZINES_FENCE */
	CHECK(both_may_be_in(RLX, false, REL));
	CHECK(both_may_be_in(RLX, true, RLX));
}

/*
 * The clock says that it sleeps (X), then looks for news once more; who makes news under a shard's lock then looks whether
 * it is awake: record_use, timer_nudge.
 */
static bool
news_may_be_missed(bool lock)
{
	struct weak w = {0};

	weak_lock_word(&w, 0, L0, LOCK);
	weak_store(&w, 0, DATA, 1, RLX);
	weak_unlock_word(&w, 0, LOCK);
	weak_load(&w, 0, A, X, RLX);
	weak_exchange(&w, 1, C, X, 1, SC, ANY);
	if (lock)
		weak_lock_word(&w, 1, L1, LOCK);
	weak_load(&w, 1, B, DATA, RLX);
	if (lock)
		weak_unlock_word(&w, 1, LOCK);
	return weak_can(&w, neither_saw);
}

TEST(news_wakes_the_clock_or_is_seen_before_it_sleeps)
{
	CHECK(!news_may_be_missed(true));
	CHECK(news_may_be_missed(false));
}

/* A site changes; its bit (X) is set already, and is not set again. publish takes the bit off and copies: sites.c. */
static bool
change_was_lost(const struct weak_state *end)
{
	return end->regs[A] == 1 && end->regs[B] == 0;
}

static bool
change_may_be_lost(bool lock)
{
	struct weak w = {.start = {[X] = 1}};

	weak_lock_word(&w, 0, L0, LOCK);
	weak_store(&w, 0, DATA, 1, RLX);
	weak_unlock_word(&w, 0, LOCK);
	weak_load(&w, 0, A, X, RLX);
	weak_exchange(&w, 1, C, X, 0, ACQ, ANY);
	if (lock)
		weak_lock_word(&w, 1, L1, LOCK);
	weak_load(&w, 1, B, DATA, RLX);
	if (lock)
		weak_unlock_word(&w, 1, LOCK);
	return weak_can(&w, change_was_lost);
}

/* A thread's row is used again; the number of the first such row (X) stays as it is: threads.c. */
static bool
row_was_lost(const struct weak_state *end)
{
	return end->words[X] == 0 && end->regs[B] == 0;
}

static bool
row_may_be_lost(bool always)
{
	struct weak w = {.start = {[X] = 1}};

	weak_store(&w, 0, DATA, 1, RLX);
	if (always)
		weak_exchange(&w, 0, A, X, 1, SC, ANY);
	else
		weak_put(&w, 0, (struct weak_op){LOAD, SC, X, A, 0, 1, ANY, 0});
	weak_exchange(&w, 1, C, X, 0, SC, ANY);
	weak_load(&w, 1, B, DATA, RLX);
	return weak_can(&w, row_was_lost);
}

TEST(what_changed_is_written_now_or_next_time)
{
	CHECK(!change_may_be_lost(true));
	CHECK(change_may_be_lost(false));
	CHECK(!row_may_be_lost(true));
	CHECK(row_may_be_lost(false));
}

#define TAP_TESTS                                                                        \
	T(the_explorer_knows_what_such_a_processor_does)                                 \
	T(who_forbids_a_call_sees_whoever_is_about_to_make_it)                           \
	T(who_finds_a_thing_finds_what_it_leads_to)                                      \
	T(a_hull_that_grows_never_lacks_what_it_had)                                     \
	T(a_magazine_has_its_owner_or_a_visitor)                                         \
	T(news_wakes_the_clock_or_is_seen_before_it_sleeps)                              \
	T(what_changed_is_written_now_or_next_time)
TAP_MAIN()
