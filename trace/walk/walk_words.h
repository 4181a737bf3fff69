/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a walk on their way into its hash, and into a buffer only for who decodes them: a known
 * stack needs no more than the hash, and a small stack of the host's has no room for the words. Inline:
 * a walk takes less time than some fifty calls.
 */
#ifndef TRACE_WALK_WORDS_H
#define TRACE_WALK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WALK_WAITING 32

struct walk_words {
	uint32_t n, n_waiting;
	uint64_t *words;   /* NULL: not kept */
	uint64_t chain[2]; /* of the hash: each step waits for its multiplication */
	uint64_t waiting[WALK_WAITING]; /* to go into it */
};

static inline void
walk_words_begin(struct walk_words *w, uint64_t *words)
{
	w->n = w->n_waiting = 0;
	w->words = words;
	w->chain[0] = 0x9e3779b97f4a7c15;
	w->chain[1] = 0;
}

static inline void
walk_words_mix_waiting(struct walk_words *w)
{
	uint64_t a = w->chain[0], b = w->chain[1];

	for (uint32_t i = 0; i < w->n_waiting; i++) {
		uint64_t next = (a ^ w->waiting[i]) * 0xd6e8feb86659fd93;

		a = b;
		b = next;
	}
	w->chain[0] = a;
	w->chain[1] = b;
	w->n_waiting = 0;
}

/* Into the hash alone. */
static inline void
walk_words_mix(struct walk_words *w, uint64_t word)
{
	if (w->n_waiting == WALK_WAITING)
		walk_words_mix_waiting(w);
	w->waiting[w->n_waiting++] = word;
}

/* A word that may differ between two stacks that are the same is kept, but not told apart. */
static inline __attribute__((always_inline)) void
walk_words_put(struct walk_words *w, uint64_t word, bool tells)
{
	if (tells)
		walk_words_mix(w, word);
	if (w->words != NULL)
		w->words[w->n] = word;
	w->n++;
}

static inline uint64_t
walk_words_hash(struct walk_words *w)
{
	walk_words_mix(w, w->n);
	walk_words_mix_waiting(w);
	uint64_t a = w->chain[0], b = w->chain[1];
	a ^= a >> 32;
	b = (b ^ b >> 29) * 0x94d049bb133111eb;
	a = (a ^ b) * 0xbf58476d1ce4e5b9;
	a ^= a >> 31;
	return a != 0 ? a : 1;
}

#endif
