/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All executions of two threads on a processor of weak order, as 64-bit ARM's: loads and stores of a thread happen in
 * any order that its program does not forbid, and each is seen by all others at once. Forbidden is only to pass: an access
 * of the same word; an acquire load; what a release store comes behind; a load whose value decides on a store or is the
 * address of an access; a fence; and for a seq_cst load a seq_cst store. A read-modify-write is two accesses, as processors
 * without one instruction for it do it: what comes behind may pass its store. Nothing is sampled: what cannot be
 * reached does not happen.
 */
#ifndef TESTS_UNIT_WEAK_ORDER_H
#define TESTS_UNIT_WEAK_ORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { WEAK_THREADS = 2, WEAK_OPS = 24, WEAK_WORDS = 8, WEAK_REGS = 16 };
#define WEAK_SEEN (1u << 20) /* states, at most */

enum weak_order { RLX = 0, ACQ = 1, REL = 2, SC = 7 };
enum weak_kind { LOAD, STORE, LINKED, CONDITIONAL, FENCE, MEMBARRIER };
#define ANY 0xff

struct weak_op {
	enum weak_kind kind;
	enum weak_order order;
	uint8_t word, reg, value;
	uint8_t must; /* be loaded: no other execution counts */
	uint8_t if_reg,
		if_value; /* a store only if so; a load by that address; ANY: always */
};

struct weak {
	struct weak_op ops[WEAK_THREADS][WEAK_OPS];
	unsigned n[WEAK_THREADS];
	uint8_t start[WEAK_WORDS];
};

struct weak_state {
	uint32_t done[WEAK_THREADS];
	uint8_t words[WEAK_WORDS], versions[WEAK_WORDS], regs[WEAK_REGS],
		linked[WEAK_THREADS];
};

typedef bool weak_bad(const struct weak_state *end);

/* Words and registers by name. */
enum { X, Y, Z, DATA, OWN, LOCK };
enum { A, B, C, D, E, F, G, H, L0, L1 };

static inline bool
saw_flag_not_data(const struct weak_state *end)
{
	return end->regs[A] == 1 && end->regs[B] == 0;
}

static inline void
weak_put(struct weak *w, int thread, struct weak_op op)
{
	if (w->n[thread] == WEAK_OPS)
		abort();
	w->ops[thread][w->n[thread]++] = op;
}

static inline void
weak_load(struct weak *w, int thread, uint8_t reg, uint8_t word, enum weak_order order)
{
	weak_put(w, thread, (struct weak_op){LOAD, order, word, reg, 0, ANY, ANY, 0});
}

/* By an address that has to be loaded first. */
static inline void
weak_load_by(struct weak *w, int thread, uint8_t by, uint8_t reg, uint8_t word,
	     enum weak_order order)
{
	weak_put(w, thread, (struct weak_op){LOAD, order, word, reg, 0, ANY, by, 0});
}

static inline void
weak_store(struct weak *w, int thread, uint8_t word, uint8_t value, enum weak_order order)
{
	weak_put(w, thread, (struct weak_op){STORE, order, word, 0, value, ANY, ANY, 0});
}

/* Only if that was loaded. */
static inline void
weak_store_if(struct weak *w, int thread, uint8_t reg, uint8_t is, uint8_t word,
	      uint8_t value)
{
	weak_put(w, thread, (struct weak_op){STORE, RLX, word, 0, value, ANY, reg, is});
}

/* Exchanges; executions in which another value than `must` is loaded do not count. */
static inline void
weak_exchange(struct weak *w, int thread, uint8_t reg, uint8_t word, uint8_t value,
	      enum weak_order order, uint8_t must)
{
	weak_put(w, thread, (struct weak_op){LINKED, order, word, reg, 0, must, ANY, 0});
	weak_put(w, thread,
		 (struct weak_op){CONDITIONAL, order, word, reg, value, ANY, ANY, 0});
}

/* As pool/lock.h: the register is the lock's own. */
static inline void
weak_lock_word(struct weak *w, int thread, uint8_t reg, uint8_t word)
{
	weak_exchange(w, thread, reg, word, 1, ACQ, 0);
}

static inline void
weak_unlock_word(struct weak *w, int thread, uint8_t word)
{
	weak_store(w, thread, word, 0, REL);
}

static inline void
weak_fence(struct weak *w, int thread, enum weak_kind kind)
{
	weak_put(w, thread, (struct weak_op){kind, SC, 0, 0, 0, ANY, ANY, 0});
}

static inline bool
weak_reads(const struct weak_op *o)
{
	return o->kind == LOAD || o->kind == LINKED;
}

static inline bool
weak_writes(const struct weak_op *o)
{
	return o->kind == STORE || o->kind == CONDITIONAL;
}

/* Of two accesses in the order of the program: is the second one forbidden to pass the first one? */
static inline bool
weak_keeps(const struct weak_op *a, const struct weak_op *b)
{
	if (!(weak_reads(a) || weak_writes(a)) || !(weak_reads(b) || weak_writes(b)))
		return true;
	return a->word == b->word || (weak_reads(a) && (a->order & ACQ) != 0) ||
	       (weak_writes(b) && (b->order & REL) != 0) ||
	       (weak_writes(a) && weak_reads(b) && a->order == SC && b->order == SC) ||
	       (weak_reads(a) && b->if_reg == a->reg);
}

static inline bool
weak_may(const struct weak *w, const struct weak_state *s, int thread, unsigned i)
{
	const struct weak_op *ops = w->ops[thread];

	if (s->done[thread] >> i & 1)
		return false;
	for (unsigned k = 0; k < i; k++)
		if (!(s->done[thread] >> k & 1) && weak_keeps(&ops[k], &ops[i]))
			return false;
	if (ops[i].kind != MEMBARRIER)
		return true;
	/* Every other thread is between two instructions, all before it done, none behind it. */
	for (int other = 0; other < WEAK_THREADS; other++)
		if (other != thread && (s->done[other] & (s->done[other] + 1)) != 0)
			return false;
	return true;
}

/* False: this is no execution that counts. */
static inline bool
weak_do(struct weak_state *s, int thread, unsigned i, const struct weak_op *o)
{
	s->done[thread] |= 1u << i;
	if (weak_reads(o)) {
		s->regs[o->reg] = s->words[o->word];
		if (o->kind == LINKED)
			s->linked[thread] = s->versions[o->word];
		return o->must == ANY || s->words[o->word] == o->must;
	}
	if (o->kind == CONDITIONAL && s->versions[o->word] != s->linked[thread])
		return false;
	if (weak_writes(o) && (o->if_reg == ANY || s->regs[o->if_reg] == o->if_value)) {
		s->words[o->word] = o->value;
		s->versions[o->word]++;
	}
	return true;
}

static struct weak_state *weak_seen;
static size_t weak_n_seen;

/* True the first time. */
static inline bool
weak_is_new(const struct weak_state *s)
{
	uint64_t hash = 1;
	const unsigned char *bytes = (const unsigned char *)s;

	for (size_t i = 0; i < sizeof(*s); i++)
		hash = (hash ^ bytes[i]) * 0x9fb21c651e98df25u, hash ^= hash >> 29;
	for (size_t at = hash % WEAK_SEEN;; at = (at + 1) % WEAK_SEEN) {
		struct weak_state *seen = &weak_seen[at];

		if (memcmp(seen, s, sizeof(*s)) == 0)
			return false;
		if (seen->done[0] == 0 && seen->done[1] == 0) {
			if (++weak_n_seen > WEAK_SEEN / 2)
				abort();
			*seen = *s;
			return true;
		}
	}
}

static inline bool
weak_from(const struct weak *w, const struct weak_state *s, weak_bad *bad)
{
	bool ended = true;

	for (int thread = 0; thread < WEAK_THREADS; thread++)
		for (unsigned i = 0; i < w->n[thread]; i++) {
			struct weak_state next = *s;

			ended = ended && (s->done[thread] >> i & 1);
			if (weak_may(w, s, thread, i) &&
			    weak_do(&next, thread, i, &w->ops[thread][i]) &&
			    weak_is_new(&next) && weak_from(w, &next, bad))
				return true;
		}
	return ended && bad(s);
}

/* Whether there is an execution that ends so. */
static inline bool
weak_can(const struct weak *w, weak_bad *bad)
{
	struct weak_state start;

	memset(&start, 0, sizeof(start));
	memcpy(start.words, w->start, sizeof(start.words));
	weak_seen = calloc(WEAK_SEEN, sizeof(*weak_seen));
	weak_n_seen = 0;
	if (weak_seen == NULL)
		abort();
	bool can = weak_from(w, &start, bad);
	free(weak_seen);
	return can;
}

#endif
