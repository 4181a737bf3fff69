/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From version 13 on V8's own helpers name the isolate that they work for as theirs: a thread owns one only if it
 * was seen to run JavaScript, or is the process's first. An isolate dies without a word.
 */
#include "trace/runtimes/v8_isolates.h"

#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>

#include "pool/lock.h"
#include "trace/ground/alive.h"
#include "trace/ground/intern.h"
#include "trace/runtimes/majors.h"
#include "trace/runtimes/runtime_entry.h"

#define ISOLATES 1024

#define KEY_CREATED "_ZN2v88internal7Isolate20isolate_key_created_E"

static void *(*v8_current)(void);
static const volatile uint8_t *key_created;

static struct isolate isolates[ISOLATES];
static _Atomic uint32_t n_rows; /* ever used: the first ones */
static uintptr_t n_numbers;	/* under the lock, as taking a row is */
static struct weir_lock lock;
static _Atomic pid_t main_tid; /* 0: no isolate was seen yet */

static _Atomic uint64_t untold; /* so many times nobody could know of collections */

/* The last isolate that V8 named as the calling thread's, and its row + 1; 0: not known to be its own. */
#define NO_ROW UINT16_MAX /* it fits none */
static _Thread_local void *seen __attribute__((tls_model("initial-exec")));
static _Thread_local uint16_t own_row __attribute__((tls_model("initial-exec")));
/* It has been seen to run JavaScript, and the maps have been read since then. */
static _Thread_local bool is_owner __attribute__((tls_model("initial-exec")));
static _Thread_local bool is_mapped __attribute__((tls_model("initial-exec")));

bool
isolates_init(const struct weir_symtab *t)
{
	uintptr_t start;
	size_t bytes;

	if (weir_symtab_find(t, KEY_CREATED, &start, &bytes) == 0)
		key_created = (const volatile uint8_t *)start;
	if (weir_symtab_find(t, V8_CURRENT, &start, &bytes) != 0)
		return false;
	v8_current = (void *(*)(void))start;
	return true;
}

/* V8 10 has it in a thread's data by key, and before it has made its key takes another's. */
void *
isolates_named(const struct weir_symtab *t)
{
	uintptr_t start;
	size_t bytes;

	if (weir_symtab_find(t, KEY_CREATED, &start, &bytes) == 0 &&
	    *(const volatile uint8_t *)start == 0)
		return NULL;
	if (weir_symtab_find(t, V8_CURRENT, &start, &bytes) != 0)
		return NULL;
	return ((void *(*)(void))start)();
}

void *
isolates_current(void)
{
	return entry_stays() && (key_created == NULL || *key_created != 0) ? v8_current()
									   : NULL;
}

bool
isolates_is_new(void *address)
{
	if (address == NULL)
		return false;
	if (address != seen) {
		seen = address;
		own_row = 0;
		is_mapped = false;
		return true;
	}
	return is_owner && !is_mapped;
}

void
isolates_are_mapped(void)
{
	is_mapped = is_owner;
}

struct isolate *
isolates_own(void)
{
	return own_row != 0 && own_row != NO_ROW ? &isolates[own_row - 1] : NULL;
}

void *
isolates_own_address(void)
{
	return isolates_own() != NULL ? seen : NULL;
}

struct isolate *
isolates_row(void *address, uintptr_t number)
{
	struct isolate *i = &isolates[number % ISOLATES];

	return i->number == number && i->address == address ? i : NULL;
}

uint32_t
isolates_number(const struct isolate *i)
{
	return i != NULL ? (uint32_t)(i->number / ISOLATES) : 0;
}

bool
isolates_is_main(const struct isolate *i)
{
	return i->tid == main_tid;
}

void
isolates_runs_js(void)
{
	is_owner = true;
}

bool
isolates_runs_js_here(void)
{
	return is_owner;
}

/* The first thread of a process is nobody's helper. */
bool
isolates_is_owner(pid_t tid)
{
	return is_owner || tid == getpid();
}

static bool
is_free(uint32_t k)
{
	return atomic_load_explicit(&isolates[k].address, memory_order_relaxed) == NULL;
}

/* The row of this address, or the first free one, or ISOLATES. */
static uint32_t
row_for(void *address)
{
	uint32_t n = n_rows, row = ISOLATES;

	for (uint32_t k = 0; k < n; k++) {
		if (isolates[k].address == address)
			return k;
		if (row == ISOLATES && is_free(k))
			row = k;
	}
	return row == ISOLATES && n < ISOLATES ? n : row;
}

static void
clear(struct isolate *i)
{
	if (i->number != 0)
		majors_forget(isolates_number(i));
	i->heap_bytes = i->external_bytes = 0;
	i->told = false;
	i->generation = 0;
	i->number = 0;
	i->tid = 0;
	i->address = NULL;
}

/*
 * Notes whose isolate it is: a new one, though another may have lain there; or, of one whose thread
 * lives, one that moved to this thread.
 */
static void
take(void *address, pid_t tid)
{
	uint32_t row = row_for(address);
	bool moved = row < ISOLATES && isolates[row].address == address &&
		     !alive_has_ended(getpid(), isolates[row].tid);

	own_row = NO_ROW;
	weir_lock(&lock);
	row = row_for(address);
	if (row < ISOLATES) {
		struct isolate *i = &isolates[row];

		if (!moved || i->address != address) {
			clear(i);
			i->asked = 0;
			i->number = ++n_numbers * ISOLATES + row;
			i->address = address;
		}
		if (main_tid == 0 || tid == getpid() || (moved && i->tid == main_tid))
			main_tid = tid;
		i->tid = tid;
		own_row = (uint16_t)(row + 1);
		if (row == n_rows)
			atomic_store(&n_rows, row + 1);
	}
	weir_unlock(&lock);
	seen = address;
	if (own_row == NO_ROW)
		intern_drop(WEIR_DROP_isolates);
}

struct isolate *
isolates_enter(void *address, pid_t tid)
{
	if (address != seen || own_row == 0) {
		if (tid == 0)
			tid = (pid_t)syscall(SYS_gettid);
		if (!isolates_is_owner(tid))
			return NULL;
		take(address, tid);
	}
	return isolates_own();
}

void
isolates_sum(uint64_t *heap_bytes, uint64_t *external_bytes)
{
	for (uint32_t k = 0; k < n_rows; k++) {
		*heap_bytes += isolates[k].heap_bytes;
		*external_bytes += isolates[k].external_bytes;
	}
}

uint64_t
isolates_generation(void)
{
	const struct isolate *i = isolates_own();

	/* What runs no JavaScript has nothing on its stack that moves. */
	if (!is_owner)
		return 0;
	if (i != NULL && atomic_load_explicit(&i->told, memory_order_acquire))
		return atomic_load_explicit(&i->generation, memory_order_acquire);
	return ISOLATES_NO_GENERATION | atomic_fetch_add(&untold, 1);
}

/* The thread of a worker ends with its isolate: what its heap held is history then. */
void
isolates_forget_ended(void)
{
	for (uint32_t k = 0; k < n_rows; k++) {
		struct isolate *i = &isolates[k];
		pid_t tid = i->tid;
		uintptr_t number = i->number;

		if (tid == 0 || !alive_has_ended(getpid(), tid))
			continue;
		weir_lock(&lock);
		if (i->tid == tid && i->number == number)
			clear(i);
		weir_unlock(&lock);
	}
}

/* The one thread there is goes on under another number; what the others ran is gone. */
void
isolates_after_fork(void)
{
	weir_lock_reset(&lock);
	for (uint32_t k = 0; k < n_rows; k++) {
		if (own_row == k + 1)
			isolates[k].tid = main_tid = getpid();
		else
			clear(&isolates[k]);
	}
}
