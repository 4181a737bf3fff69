/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A futex lock of four bytes: no allocation, no destructor, zero-initialised, and safe to
 * release in a forked child (which a pthread mutex is not). Keeps errno. Not recursive, not
 * async-signal-safe: the shim keeps signal handlers out by its own nesting guard.
 */
#ifndef POOL_LOCK_H
#define POOL_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct weir_lock {
	_Atomic uint32_t word; /* 0 free, 1 held, 2 held and waited for, or given up */
};

void weir_lock_wait(struct weir_lock *lock);
void weir_lock_wake(struct weir_lock *lock);

/*
 * Where the C library says whether there never was a second thread; NULL: nobody knows. While it says so a lock is a
 * plain word, as those of the C library's own heap are then.
 */
extern const char *weir_lock_alone __attribute__((visibility("hidden")));

static inline bool
weir_lock_is_alone(void)
{
	return weir_lock_alone != NULL &&
	       __atomic_load_n(weir_lock_alone, __ATOMIC_RELAXED);
}

/*
 * A filter of system calls comes that may kill for those by which threads sleep and are woken: from now on whoever
 * waits spins. Nobody sleeps any more when it returns.
 */
void weir_lock_spare_calls(void);

/* In a forked child: nobody else waits there. */
void weir_lock_after_fork(void);

/* False if it is not to be had after a few looks: the caller has something else to do. */
bool weir_lock_spin_wait(struct weir_lock *lock);

/*
 * False if its holder keeps it, having lost its processor perhaps: the caller does something else instead of sleeping. Not
 * so often that the next allocator's memory grows, or the holder gets no processor: then it sleeps.
 */
bool weir_lock_soon_wait(struct weir_lock *lock);

/* False if it was not to be had for so long. */
bool weir_lock_within(struct weir_lock *lock, uint64_t ns);

static inline bool
weir_trylock(struct weir_lock *lock)
{
	uint32_t unheld = 0;

	if (weir_lock_is_alone()) {
		if (atomic_load_explicit(&lock->word, memory_order_relaxed) != 0)
			return false;
		atomic_store_explicit(&lock->word, 1, memory_order_relaxed);
		return true;
	}
	return atomic_compare_exchange_strong_explicit(
		&lock->word, &unheld, 1, memory_order_acquire, memory_order_relaxed);
}

static inline void
weir_lock(struct weir_lock *lock)
{
	if (!weir_trylock(lock))
		weir_lock_wait(lock);
}

static inline bool
weir_lock_spin(struct weir_lock *lock)
{
	return weir_trylock(lock) || weir_lock_spin_wait(lock);
}

static inline bool
weir_lock_soon(struct weir_lock *lock)
{
	return weir_trylock(lock) || weir_lock_soon_wait(lock);
}

static inline void
weir_unlock(struct weir_lock *lock)
{
	if (weir_lock_is_alone()) {
		atomic_store_explicit(&lock->word, 0, memory_order_release);
		return;
	}
	if (atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2)
		weir_lock_wake(lock);
}

/*
 * What all threads would write to at once is kept in several places instead: the calling thread's, by the address of a
 * thread-local variable. Threads' local data lie whole pages apart: the low bits are the same for all.
 */
static inline unsigned
weir_thread_shard(const volatile void *own, unsigned shards)
{
	return (unsigned)((uintptr_t)own >> 12 ^ (uintptr_t)own >> 23) % shards;
}

/* In a forked child, whose parent's fork handler held the lock: free it without a wake-up. */
static inline void
weir_lock_reset(struct weir_lock *lock)
{
	atomic_store_explicit(&lock->word, 0, memory_order_relaxed);
}

#endif
