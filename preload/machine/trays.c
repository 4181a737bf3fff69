/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tray is filled from its start to its end and is empty again when all of its blocks are free; its one word says both,
 * so that there is no lock for a preempted thread to hold.
 */
#include "preload/machine/trays.h"

#include "pool/pages.h"

#define TAKEN 1 /* of no block: it is on its way to the system */

/* In front of each block. */
struct head {
	size_t bytes, unused;
};

_Atomic uintptr_t trays_base;
static _Atomic uint64_t words[TRAYS];  /* used bytes, and in the lower half live blocks */
static _Atomic uint8_t touched[TRAYS]; /* since its pages went back */
static _Atomic uint32_t current;

static inline uintptr_t
base_now(void)
{
	return atomic_load_explicit(&trays_base, memory_order_relaxed);
}

bool
trays_make(void)
{
	void *p = weir_pages_system.meta((size_t)TRAYS * TRAY_BYTES);

	if (p != NULL)
		trays_base = (uintptr_t)p;
	return p != NULL;
}

static inline struct head *
head_of(const void *p)
{
	return (struct head *)p - 1;
}

static void *
take_from(uint32_t tray, size_t bytes, size_t align)
{
	uintptr_t from = base_now() + (uintptr_t)tray * TRAY_BYTES;
	uint64_t word = atomic_load(&words[tray]), end;
	uintptr_t p;

	do {
		p = from + (word >> 32) + sizeof(struct head);
		p = (p + align - 1) & ~(align - 1);
		end = p + bytes - from;
		if (end > TRAY_BYTES)
			return NULL;
	} while (!atomic_compare_exchange_weak(&words[tray], &word,
					       end << 32 | ((uint32_t)word + 1)));
	if (!atomic_load_explicit(&touched[tray], memory_order_relaxed))
		atomic_store(&touched[tray], 1);
	head_of((void *)p)->bytes = bytes;
	return (void *)p;
}

void *
trays_take(size_t size, size_t align)
{
	uint32_t from = atomic_load_explicit(&current, memory_order_relaxed);

	if (size <= TRAY_BYTES / 2) {
		size_t bytes = (size + TRAYS_ALIGN - 1) & ~(size_t)(TRAYS_ALIGN - 1);

		for (uint32_t i = 0; i < TRAYS; i++) {
			uint32_t tray = (from + i) % TRAYS;
			void *p =
				take_from(tray, bytes != 0 ? bytes : TRAYS_ALIGN, align);

			if (p == NULL)
				continue;
			if (i != 0)
				atomic_store(&current, tray);
			return p;
		}
	}
	return NULL;
}

void
trays_give(const void *p)
{
	_Atomic uint64_t *at = &words[((uintptr_t)p - base_now()) / TRAY_BYTES];
	uint64_t word = atomic_load(at);

	while (!atomic_compare_exchange_weak(at, &word,
					     (uint32_t)word == 1 ? 0 : word - 1))
		;
}

size_t
trays_bytes(const void *p)
{
	return head_of(p)->bytes;
}

/* Nobody else is served from one meanwhile. */
void
trays_tidy(void)
{
	for (uint32_t i = 0; i < TRAYS; i++) {
		uint64_t empty = 0;

		if (!atomic_load(&touched[i]) ||
		    !atomic_compare_exchange_strong(&words[i], &empty,
						    (uint64_t)TRAY_BYTES << 32 | TAKEN))
			continue;
		void *p = (void *)(base_now() + (uintptr_t)i * TRAY_BYTES);
		if (weir_pages_system.purge(p, TRAY_BYTES) == WEIR_PURGED_RESERVED &&
		    weir_pages_system.commit(p, TRAY_BYTES) != 0)
			continue; /* nobody is served from it any more */
		atomic_store(&touched[i], 0);
		atomic_store(&words[i], 0);
	}
}

bool
trays_have_room(void)
{
	uint32_t empty = 0;

	for (uint32_t i = 0; i < TRAYS; i++)
		empty += atomic_load(&words[i]) == 0;
	return empty >= TRAYS / 2;
}
