/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What speaks against attaching though this machine may not have it: shadow stacks, Yama's scopes.
 */
#include "tools/attach/attachable.h"

#include <string.h>

#include "tests/tap.h"

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

#define TAP_TESTS                                                                        \
	T(what_a_status_says)                                                            \
	T(what_yama_says)
TAP_MAIN()
