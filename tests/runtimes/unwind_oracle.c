/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preload that takes the stack of every ORACLE_EVERYth allocation twice: by weir's walk and by libunwind, if that
 * is here, and compares their native frames (those of V8's code libunwind has no tables for, and weir leaves some
 * out). Says at the end, in the file ORACLE_LOG, how many were alike, and which were not.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "pool/lock.h"
#include "tests/runtimes/walking_preload.h"
#include "trace/ground/intern.h"
#include "trace/native/unwind.h"

#define MOST	256
#define SHOWN	20
#define OUTSIDE 5 /* of the oracle's own frames */

static int (*backtrace_of)(void **to, int n);

/*
 * unw_backtrace goes by a cache of its own, and ends at frames where libunwind's steps go on (of 64,000 stacks of Node
 * 24 at four): then the steps count.
 */
static struct {
	int (*init)(uint64_t *cursor, ucontext_t *context);
	int (*step)(uint64_t *cursor);
	int (*get)(uint64_t *cursor, int reg, uint64_t *to);
} unw;
#define CURSOR_WORDS 256 /* it takes 127 */
#define REG_IP	     16
static size_t every = 1;
static int shown;
static struct weir_lock lock;
static _Atomic size_t requests;

/*
 * CUT: weir's is too deep, or goes on too far away, and says that it is not whole. GUESSED: they differ behind code
 * that has no table, where both take a register for a frame pointer.
 */
enum { ALIKE, CUT, GUESSED, THEY_END, WE_END, DIFFER };
static uint64_t counts[6], frames;

/* The tables of the trace are not here: a walk is all that is wanted. */
uint32_t
intern_string(const char *s, size_t n)
{
	(void)s;
	return (uint32_t)n;
}

uint16_t
intern_module(const struct weir_trace_module *m)
{
	(void)m;
	return 1;
}

uint32_t
intern_frame(const struct weir_trace_frame *f)
{
	(void)f;
	return 1;
}

void
intern_drop(enum weir_trace_drop what)
{
	(void)what;
}

static void
show(const char *whose, const uint64_t *pcs, uint32_t n, uint32_t from)
{
	for (uint32_t i = from > 2 ? from - 2 : 0; i < n && i < from + 6; i++) {
		const struct code_module *m = code_module_at(pcs[i]);

		say("  %s %u %llx %.200s+%llx\n", whose, i, (unsigned long long)pcs[i],
		    m != NULL ? m->path : "-",
		    m != NULL ? (unsigned long long)(pcs[i] - m->record.bias) : 0);
	}
}

static bool
is_native(uint64_t pc)
{
	return code_v8_at(code_v8(), pc) < 0 && code_module_at(pc) != NULL;
}

static uint32_t
natives_of_walk(const struct walk_raw *raw, uint64_t *to)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < raw->n_words;) {
		uint64_t word = raw->words[i];

		if ((word & WALK_V8) != 0) {
			i += (word & WALK_BYTECODE) != 0 ? 4 : 2;
		} else if ((word & WALK_PYTHON) != 0) {
			i += 3;
		} else {
			if (is_native(word))
				to[n++] = word;
			i++;
		}
	}
	return n;
}

/* From the caller of the function that the host called. */
static uint32_t
natives_of_backtrace(void *const *all, int n_all, uintptr_t pc, uint64_t *to)
{
	uint32_t n = 0;
	int i = 0;

	while (i < n_all && i < OUTSIDE && (uintptr_t)all[i] != pc)
		i++;
	if (i == n_all || (uintptr_t)all[i] != pc)
		return 0;
	for (; i < n_all; i++)
		if (is_native((uint64_t)(uintptr_t)all[i]))
			to[n++] = (uint64_t)(uintptr_t)all[i];
	return n;
}

static int
backtrace_by_steps(void **to, int most)
{
	static uint64_t cursor[CURSOR_WORDS]; /* under the lock */
	static ucontext_t context;
	uint64_t ip;

	if (unw.get == NULL || getcontext(&context) != 0 ||
	    unw.init(cursor, &context) != 0)
		return 0;
	int n = 0;
	while (n < most && unw.step(cursor) > 0 && unw.get(cursor, REG_IP, &ip) == 0)
		to[n++] = (void *)(uintptr_t)ip;
	return n;
}

static uint32_t
alike_until(const uint64_t *a, uint32_t n_a, const uint64_t *b, uint32_t n_b)
{
	uint32_t same = 0;

	while (same < n_a && same < n_b && a[same] == b[same])
		same++;
	return same;
}

static bool
is_guessed(const uint64_t *pcs, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (unwind_rule_at(pcs[i]).how == UNWIND_UNKNOWN)
			return true;
	return false;
}

static void
compare(uintptr_t fp, uintptr_t pc)
{
	static struct walk_raw raw; /* under the lock, as all of it */
	static void *all[MOST];
	static uint64_t ours[MOST], theirs[MOST];

	walk(&raw, fp, pc);
	int n_all = backtrace_of(all, MOST);
	uint32_t n = natives_of_walk(&raw, ours);
	uint32_t n_theirs = natives_of_backtrace(all, n_all, pc, theirs);
	uint32_t same = alike_until(ours, n, theirs, n_theirs);

	if (same == n_theirs && same < n) {
		n_all = backtrace_by_steps(all, MOST);
		n_theirs = natives_of_backtrace(all, n_all, pc, theirs);
		same = alike_until(ours, n, theirs, n_theirs);
	}
	frames += same;
	int result = same == n && same == n_theirs ? ALIKE
		     : same == n_theirs		   ? THEY_END
		     : same == n		   ? WE_END
						   : DIFFER;
	if (result == WE_END && raw.truncated)
		result = CUT;
	else if (result != ALIKE && is_guessed(ours, same))
		result = GUESSED;
	counts[result]++;
	if (result <= CUT || shown++ >= SHOWN)
		return;
	say("%s after %u native frames\n",
	    result == WE_END	 ? "ours ends"
	    : result == THEY_END ? "theirs ends"
	    : result == GUESSED	 ? "guessed"
				 : "differs",
	    same);
	show("weir", ours, n, same);
	show("libunwind", theirs, n_theirs, same);
}

void
on_request(uintptr_t fp, uintptr_t pc, size_t bytes)
{
	(void)bytes;
	if (backtrace_of == NULL || log_fd < 0 || ++requests % every != 0)
		return;
	inside = 1;
	weir_lock(&lock);
	compare(fp, pc);
	weir_unlock(&lock);
	inside = 0;
}

__attribute__((constructor)) static void
start(void)
{
	const char *log = getenv("ORACLE_LOG"), *n = getenv("ORACLE_EVERY");
	void *library;

	inside = 1;
	library = dlopen("libunwind.so.8", RTLD_NOW | RTLD_LOCAL);
#if defined(__x86_64__)
	if (library != NULL) {
		unw.init = (__typeof__(unw.init))dlsym(library, "_ULx86_64_init_local");
		unw.step = (__typeof__(unw.step))dlsym(library, "_ULx86_64_step");
		unw.get = (__typeof__(unw.get))dlsym(library, "_ULx86_64_get_reg");
	}
#endif
	if (library != NULL)
		backtrace_of = (int (*)(void **, int))dlsym(library, "unw_backtrace");
	if (n != NULL && atoi(n) > 0)
		every = (size_t)atoi(n);
	if (log != NULL)
		log_fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	inside = 0;
}

__attribute__((destructor)) static void
end(void)
{
	inside = 1;
	if (backtrace_of == NULL)
		say("no libunwind\n");
	else
		say("end alike=%llu differ=%llu ours_ends=%llu theirs_ends=%llu "
		    "guessed=%llu cut=%llu frames=%llu\n",
		    (unsigned long long)counts[ALIKE], (unsigned long long)counts[DIFFER],
		    (unsigned long long)counts[WE_END],
		    (unsigned long long)counts[THEY_END],
		    (unsigned long long)counts[GUESSED], (unsigned long long)counts[CUT],
		    (unsigned long long)frames);
}
