/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of what the shim in a test program goes without: calls for tasks, which a sanitizer stands in front of
 * (preload_tasks in preload/local.mk).
 */
#include <stddef.h>

#include "preload/entries/task.h"

void
task_init(void)
{
}

void
by_number_init(void)
{
}

void
identity_init(void)
{
}

void
second_thread_init(void)
{
}

void
task_vfork_is(void *other)
{
	(void)other;
}
