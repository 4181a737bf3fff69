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
#include <unistd.h>

#include "pool/lock.h"
#include "tests/runtimes/walking_preload.h"
#include "trace/intern.h"

#define MOST	256
#define SHOWN	20
#define OUTSIDE 4 /* of the oracle's own frames */

static int (*backtrace_of)(void **to, int n);
static size_t every = 1;
static int shown;
static struct weir_lock lock;
static _Atomic size_t requests;

enum { ALIKE, THEY_END, WE_END, DIFFER };
static uint64_t counts[4], frames;

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

static void
compare(uintptr_t fp, uintptr_t pc)
{
	static struct walk_raw raw; /* under the lock, as all of it */
	static void *all[MOST];
	static uint64_t ours[MOST], theirs[MOST];

	walk(&raw, fp, pc);
	int n_all = backtrace_of(all, MOST);
	uint32_t n = natives_of_walk(&raw, ours), same = 0;
	uint32_t n_theirs = natives_of_backtrace(all, n_all, pc, theirs);

	while (same < n && same < n_theirs && ours[same] == theirs[same])
		same++;
	frames += same;
	int result = same == n && same == n_theirs ? ALIKE
		     : same == n_theirs		   ? THEY_END
		     : same == n		   ? WE_END
						   : DIFFER;
	counts[result]++;
	/* A stack that is too deep ends, and says so. */
	if (result == WE_END && raw.truncated) {
		counts[result]--;
		counts[ALIKE]++;
		return;
	}
	if (result < WE_END || shown++ >= SHOWN)
		return;
	say("%s after %u native frames\n", result == WE_END ? "ours ends" : "differs",
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
		    "frames=%llu\n",
		    (unsigned long long)counts[ALIKE], (unsigned long long)counts[DIFFER],
		    (unsigned long long)counts[WE_END],
		    (unsigned long long)counts[THEY_END], (unsigned long long)frames);
}
