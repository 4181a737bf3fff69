/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans: every stretch of a region, in use or free, is one span; together they tile it.
 *
 *   region   |  LIVE  | DIRTY |   LIVE   | STOCKED |      RESERVED ...          |
 *   page map  ^      ^ ^     ^ first and last page of each span point to its record
 *
 * The record stands apart from the memory it describes: blocks have no header, so they stay
 * page-aligned, a purge gives back whole blocks, and a host that writes past its block does
 * not hurt weir. Records are recycled, never unmapped: a stale pointer to one is readable.
 */
#ifndef POOL_SPAN_H
#define POOL_SPAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum weir_span_state {
	WEIR_SPAN_UNUSED,   /* the record describes nothing */
	WEIR_SPAN_LIVE,	    /* in use by the host */
	WEIR_SPAN_STOCKED,  /* free, kept by a class of the pool or a thread's stock */
	WEIR_SPAN_DIRTY,    /* free, perhaps resident, content unspecified */
	WEIR_SPAN_CLEAN,    /* free, usable, reads as zero, takes no memory */
	WEIR_SPAN_RESERVED, /* free, not usable before a commit, reads as zero then */
	WEIR_SPAN_PURGING,  /* free, on its way from DIRTY to CLEAN, outside all locks */
	WEIR_SPAN_STATES
};

#define WEIR_SPAN_NO_GRADE 0xff /* not a block of a size class */

/* What a span in use is for. */
#define WEIR_SPAN_SCRATCH                                                                \
	1 /* got by the scratch API: reference-counted, free() is misuse */
#define WEIR_SPAN_ZEROED 2 /* served to a calloc by pages that took no memory yet */
/* The host left more than content: it is mapped anew before it is lent again. */
#define WEIR_SPAN_ALTERED 4
#define WEIR_SPAN_ADVISED 64 /* the same, by advice that costs memory at most */
/* For the shim's search for misuse. */
#define WEIR_SPAN_SUSPECT 8
#define WEIR_SPAN_GUARDED 16 /* its last page is inaccessible */
#define WEIR_SPAN_SEALED  32 /* all of it is reserved: nothing is left to give back */
/* A block of a class that had no room to grow: its place is better joined to others than stocked. */
#define WEIR_SPAN_OUTGROWN 128

struct weir_span {
	uintptr_t base;
	size_t bytes;
	struct weir_span *next; /* of whatever list the state implies */
	union {
		struct weir_span *prev;
		uint64_t
			birth_ms; /* LIVE, on no list: the pool only carries these for the shim */
	};
	union {
		int64_t freed_ns;  /* when it was freed, CLOCK_MONOTONIC */
		uint32_t birth_gc; /* LIVE */
	};
	size_t requested;      /* by the host, when LIVE */
	_Atomic uint64_t refs; /* scratch references and whose, see magazine.h */
	_Atomic uint8_t state; /* enum weir_span_state */
	uint8_t grade;	       /* size class or WEIR_SPAN_NO_GRADE */
	uint8_t kind;	       /* enum weir_kind of who asked; the pool only carries it */
	uint8_t flags;	       /* WEIR_SPAN_*, when LIVE */
	uint16_t region;
	union {
		uint16_t bucket; /* of the free index, when DIRTY, CLEAN or RESERVED */
		uint16_t late_state; /* what it is to be, while it waits in pool_late */
		uint16_t site;	     /* LIVE: of whoever asked for it */
	};
};

/* A circular list with a head that is no element. */
static inline void
weir_list_init(struct weir_span *head)
{
	head->next = head->prev = head;
}

static inline bool
weir_list_empty(const struct weir_span *head)
{
	return head->next == head;
}

static inline void
weir_list_push(struct weir_span *head, struct weir_span *s)
{
	s->next = head->next;
	s->prev = head;
	head->next->prev = s;
	head->next = s;
}

static inline void
weir_list_remove(struct weir_span *s)
{
	s->next->prev = s->prev;
	s->prev->next = s->next;
}

/*
 * Relaxed: who asks of a block that it has got has it from whoever set its state, by a lock or as the host's threads hand
 * blocks on. Of any other the answer may be old.
 */
static inline enum weir_span_state
weir_span_state(const struct weir_span *s)
{
	return atomic_load_explicit(&s->state, memory_order_relaxed);
}

static inline void
weir_span_set_state(struct weir_span *s, enum weir_span_state state)
{
	atomic_store_explicit(&s->state, (uint8_t)state, memory_order_relaxed);
}

#endif
