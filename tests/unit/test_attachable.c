/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What speaks against attaching though this machine may not have it: shadow stacks, Yama's scopes.
 */
#include "tools/attach/attachable.h"

#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tools/attach/attach_room.h"
#include "tools/attach/attachable_rights.h"
#include "tools/read/link_map.h"
#include "tools/read/proc.h"

TEST(what_a_status_says)
{
	CHECK(attachable_status_against("Name:\tx\nTracerPid:\t0\nSeccomp:\t0\n") ==
	      NULL);
	CHECK(strstr(attachable_status_against("Name:\tx\nTracerPid:\t17\n"),
		     "traced already") != NULL);
	CHECK(strstr(attachable_status_against(
			     "Name:\tx\nTracerPid:\t0\nx86_Thread_features:\tshstk wrss "
			     "\n"
			     "x86_Thread_features_locked:\tshstk wrss \n"),
		     "shadow stack") != NULL);
	/* Locked off is off. */
	CHECK(attachable_status_against("Name:\tx\nTracerPid:\t0\n"
					"x86_Thread_features:\t\n"
					"x86_Thread_features_locked:\tshstk wrss \n") ==
	      NULL);
	CHECK(attachable_status_against("") == NULL);
}

TEST(what_yama_says)
{
	static const struct {
		long scope;
		bool anything, ancestor;
		const char *says; /* NULL: nothing */
	} rows[] = {
		{0, false, false, NULL},
		{1, false, false, "ptrace_scope is 1"},
		{1, false, true, NULL},
		{1, true, false, NULL},
		{2, false, false, "ptrace_scope is 2"},
		{2, false, true, "ptrace_scope is 2"},
		{2, true, false, NULL},
		{3, true, true, "ptrace_scope is 3: nobody"},
		{-1, false, false, NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = attachable_yama_against(rows[i].scope, rows[i].anything,
							  rows[i].ancestor);

		CHECK((why != NULL) == (rows[i].says != NULL));
		CHECK(why == NULL || strstr(why, rows[i].says) != NULL);
	}
}

TEST(what_is_locked)
{
	CHECK(!attach_room_all_locked(-1, -1));
	CHECK(!attach_room_all_locked(0, 0));
	CHECK(!attach_room_all_locked(10000, 64)); /* a few pages, as of keys */
	CHECK(attach_room_all_locked(10000, 9990));
	CHECK_EQ(proc_status_number("Name:\tx\nVmLck:\t  64 kB\n", "\nVmLck:", 10), 64);
	CHECK_EQ(proc_status_number("Name:\tx\nCapEff:\tff\n", "\nCapEff:", 16), 255);
	CHECK_EQ(proc_status_number("Name:\tx\n", "\nVmLck:", 10), -1);
}

TEST(which_library_is_the_programs)
{
#ifdef __GLIBC__
	void *second = dlmopen(LM_ID_NEWLM, "libc.so.6", RTLD_NOW);
#else
	void *second = NULL;
#endif
	Dl_info own, other;

	REQUIRE(dladdr(dlsym(RTLD_DEFAULT, "getpid"), &own) != 0);
	CHECK_EQ(link_map_has(getpid(), (uint64_t)(uintptr_t)own.dli_fbase), 1);
	CHECK_EQ(link_map_has(getpid(), 4096), 0);
	/* Not under sanitizers, which have a process to themselves. */
	if (second == NULL || dladdr(dlsym(second, "getpid"), &other) == 0)
		return;
	CHECK(own.dli_fbase != other.dli_fbase);
	CHECK_EQ(link_map_has(getpid(), (uint64_t)(uintptr_t)other.dli_fbase), 0);
}

#define TAP_TESTS                                                                        \
	T(what_a_status_says)                                                            \
	T(what_yama_says)                                                                \
	T(what_is_locked)                                                                \
	T(which_library_is_the_programs)
TAP_MAIN()
