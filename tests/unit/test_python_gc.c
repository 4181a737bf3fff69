/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CPython that this program is itself: its symbols, and where its counts lie. Each case in a child, for what was found stays.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"
#include "trace/runtimes/majors.h"
#include "trace/runtimes/python_gc.h"

#define EXPORTED __attribute__((visibility("default")))
#define AT	 (120 / 8) /* of 3.12, in words of the interpreter's state */
#define FULL	 (AT + 120 / 8 + 6)

/* On pages of its own, which are taken away. */
EXPORTED uint64_t _PyRuntime[200] __attribute__((aligned(65536)));
EXPORTED uint64_t PyInterpreterState_Main(void);
EXPORTED int Py_AddPendingCall(int (*what)(void *), void *with);
EXPORTED int PyGC_Enable(void);
EXPORTED int PyGC_Disable(void);
EXPORTED int64_t PyGC_Collect(void);

static uint64_t elsewhere[200], interpreter;
static int (*pending)(void *);
static int enabled = 1, refuses, runs;

uint64_t
PyInterpreterState_Main(void)
{
	return interpreter;
}

int
Py_AddPendingCall(int (*what)(void *), void *with)
{
	(void)with;
	if (refuses)
		return -1;
	pending = what;
	return 0;
}

int
PyGC_Enable(void)
{
	int was = enabled;

	enabled = 1;
	return was;
}

int
PyGC_Disable(void)
{
	int was = enabled;

	enabled = 0;
	return was;
}

int64_t
PyGC_Collect(void)
{
	runs += enabled;
	_PyRuntime[20 + FULL]++;
	return enabled ? 7 : 0;
}

static void
set_count(unsigned generation, int32_t threshold, int32_t count)
{
	int32_t two[2] = {threshold, count};

	memcpy(&_PyRuntime[20 + AT + 2 + 3 * generation + 2], two, sizeof(two));
}

static void
begin(uint32_t version)
{
	static struct weir_symtab t;

	CHECK_EQ(weir_symtab_of_executable(&t), 0);
	python_gc_init(&t, version);
}

static void
lay_out(uint64_t *state)
{
	interpreter = (uint64_t)(uintptr_t)state;
	state[AT + 11] = (uint64_t)(uintptr_t)&state[AT + 2];
}

/* In a child: 0 if all was right there. */
static int
in_child(void (*what)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		what();
		_exit(tap_failures != 0);
	}
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static void
counts(void)
{
	struct python_gc g;

	begin(0x030c);
	/* It starts: there is no interpreter yet. */
	python_gc_read(&g);
	python_gc_find();
	python_gc_read(&g);
	CHECK(!g.known);
	lay_out(&_PyRuntime[20]);
	python_gc_find();
	_PyRuntime[20 + FULL] = 3;
	python_gc_look();
	CHECK_EQ(majors_all(), 3);
	_PyRuntime[20 + FULL] = 5;
	python_gc_look();
	python_gc_look();
	CHECK_EQ(majors_all(), 5);
	CHECK_EQ(majors_of_main(), 5);
	set_count(0, 700, 30);
	set_count(1, 10, 2);
	set_count(2, 10, 1);
	python_gc_read(&g);
	CHECK(g.known);
	CHECK_EQ(g.full, 5);
	CHECK_EQ(g.unseen, 30 + 700 * (2 + 11));
	/* A count below zero is none. */
	set_count(0, 700, -5);
	python_gc_read(&g);
	CHECK_EQ(g.unseen, 700 * 13);
}

TEST(full_runs_are_counted)
{
	CHECK_EQ(in_child(counts), 0);
}

static void
unknown_version(void)
{
	lay_out(&_PyRuntime[20]);
	begin(0x030e);
	python_gc_find();
	python_gc_look();
	CHECK_EQ(python_gc_collect(true), -ENOSYS);
	CHECK_EQ(majors_all(), 0);
}

static void
other_layout(void)
{
	struct python_gc g;

	begin(0x030c);
	lay_out(&_PyRuntime[20]);
	_PyRuntime[20 + AT + 11]++;
	python_gc_find();
	python_gc_read(&g);
	CHECK(!g.known);
	/* What is strange once stays so. */
	lay_out(&_PyRuntime[20]);
	python_gc_find();
	python_gc_read(&g);
	CHECK(!g.known);
}

static void
outside(void)
{
	struct python_gc g;

	begin(0x030c);
	lay_out(elsewhere);
	python_gc_find();
	python_gc_read(&g);
	CHECK(!g.known);
}

/* A program may unload CPython, and go on. */
static void
unloaded(void)
{
	struct python_gc g;
	long page = sysconf(_SC_PAGESIZE);

	begin(0x030c);
	lay_out(&_PyRuntime[20]);
	python_gc_find();
	python_gc_read(&g);
	CHECK(g.known);
	CHECK_EQ(mprotect((void *)((uintptr_t)_PyRuntime & -(uintptr_t)page),
			  sizeof(_PyRuntime), PROT_NONE),
		 0);
	python_gc_look();
	python_gc_read(&g);
	_exit(g.known || python_gc_collect(true) != -ENOSYS);
}

TEST(what_is_not_there_any_more_is_not_read)
{
	CHECK_EQ(in_child(unloaded), 0);
}

TEST(what_is_not_as_it_should_be_is_not_known)
{
	CHECK_EQ(in_child(unknown_version), 0);
	CHECK_EQ(in_child(other_layout), 0);
	CHECK_EQ(in_child(outside), 0);
}

static void
collects(void)
{
	begin(0x030c);
	lay_out(&_PyRuntime[20]);
	python_gc_find();
	refuses = 1;
	CHECK_EQ(python_gc_collect(true), -EAGAIN);
	CHECK(pending == NULL);
	refuses = 0;
	CHECK_EQ(python_gc_collect(true), -EAGAIN);
	CHECK(pending != NULL);
	int (*first)(void *) = pending;
	pending = NULL;
	/* Asked again before it is done, it is asked once. */
	CHECK_EQ(python_gc_collect(true), -EAGAIN);
	CHECK(pending == NULL);
	enabled = 0;
	CHECK_EQ(first(NULL), 0);
	CHECK_EQ(runs, 1);
	CHECK_EQ(enabled, 0);
	CHECK_EQ(python_gc_collect(false), 7);
	CHECK_EQ(majors_all(), 1);
	CHECK_EQ(python_gc_collect(true), -EAGAIN);
	CHECK(pending != NULL);
	/* Nobody waited for that: who asks then is told of a run of his own. */
	pending(NULL);
	pending = NULL;
	CHECK_EQ(python_gc_collect(true), -EAGAIN);
	CHECK(pending != NULL);
}

TEST(it_is_asked_to_collect)
{
	CHECK_EQ(in_child(collects), 0);
}

#define TAP_TESTS                                                                        \
	T(what_is_not_there_any_more_is_not_read)                                        \
	T(full_runs_are_counted)                                                         \
	T(what_is_not_as_it_should_be_is_not_known)                                      \
	T(it_is_asked_to_collect)
TAP_MAIN()
